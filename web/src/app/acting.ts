import type { OrganisationKind } from "../gql/graphql.js";
import { createStore, type ReadableStore } from "./store.js";

/** An organisation of the estate that a person may act for. */
export interface ActingFor {
  id: string;
  name: string;
  kind: OrganisationKind;
}

export interface Acting {
  /** Null: as oneself. */
  organisation: ReadableStore<ActingFor | null>;
  /** Those acted for last, the newest first. */
  recent: ReadableStore<readonly ActingFor[]>;
  /** Acts for one of the estate in this tab from now on; null: as oneself again. */
  actFor(organisation: ActingFor | null): void;
  /** Takes up what this tab did before it was loaded again, if it is still the same person. */
  resume(personId: string): void;
  /** Somebody else may sit here next. */
  forget(): void;
}

/** The browser's two stores: one of this tab, one of all tabs. */
export interface ActingStorage {
  tab: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  everywhere: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

export const ACTING_HEADER = "x-organisation-id";
const CURRENT = "tollgate.acting-for";
const RECENT = "tollgate.acting-recently";
const MOST_RECENT = 5;

interface Kept<Value> {
  personId: string;
  value: Value;
}

/** For whom this tab acts. It outlives a reload, and ends with the session. */
export function createActing(storage: ActingStorage): Acting {
  const organisation = createStore<ActingFor | null>(null);
  const recent = createStore<readonly ActingFor[]>([]);
  let personId: string | null = null;

  function keep(): void {
    const current = organisation.get();
    if (personId === null) return;
    write(storage.tab, CURRENT, current && { personId, value: current });
    write(storage.everywhere, RECENT, { personId, value: recent.get() });
  }

  return {
    organisation,
    recent,
    actFor(next) {
      if (next) recent.set([next, ...recent.get().filter(({ id }) => id !== next.id)].slice(0, MOST_RECENT));
      organisation.set(next);
      keep();
    },
    resume(id) {
      personId = id;
      recent.set(read<readonly ActingFor[]>(storage.everywhere, RECENT, id) ?? []);
      organisation.set(read<ActingFor>(storage.tab, CURRENT, id));
    },
    forget() {
      personId = null;
      organisation.set(null);
      recent.set([]);
      write(storage.tab, CURRENT, null);
      write(storage.everywhere, RECENT, null);
    },
  };
}

function write(store: ActingStorage["tab"], key: string, kept: Kept<unknown> | null): void {
  if (kept === null) store.removeItem(key);
  else store.setItem(key, JSON.stringify(kept));
}

/** What was kept for this person; null for another's, and for what cannot be read. */
function read<Value>(store: ActingStorage["tab"], key: string, personId: string): Value | null {
  const text = store.getItem(key);
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Kept<Value>; // written above
    return kept.personId === personId ? kept.value : null;
  } catch {
    store.removeItem(key);
    return null;
  }
}

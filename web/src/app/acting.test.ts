import { beforeEach, describe, expect, it } from "vitest";
import { type ActingFor, type ActingStorage, createActing } from "./acting.js";

const store = () => {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
};
const organisation = (id: string): ActingFor => ({ id, name: `Organisation ${id}`, kind: "CUSTOMER" });

let storage: ActingStorage;

beforeEach(() => {
  storage = { tab: store(), everywhere: store() };
});

const begin = (personId = "thandi") => {
  const acting = createActing(storage);
  acting.resume(personId);
  return acting;
};

describe("acting for an organisation", () => {
  it("outlives a reload of the tab, for the same person only", () => {
    begin().actFor(organisation("1"));
    expect(begin().organisation.get()).toEqual(organisation("1"));
    expect(begin("sipho").organisation.get()).toBeNull();
    expect(begin("sipho").recent.get()).toEqual([]);
  });

  it("is this tab's affair; those acted for last are offered in every tab", () => {
    begin().actFor(organisation("1"));
    storage = { ...storage, tab: store() };
    expect(begin().organisation.get()).toBeNull();
    expect(begin().recent.get()).toEqual([organisation("1")]);
  });

  it("remembers the last five, the newest first, each once", () => {
    const acting = begin();
    for (const id of ["1", "2", "3", "4", "5", "6", "2"]) acting.actFor(organisation(id));
    expect(acting.recent.get().map(({ id }) => id)).toEqual(["2", "6", "5", "4", "3"]);
  });

  it("ends with the session and leaves nothing behind, not even where nothing could be read", () => {
    const acting = begin();
    acting.actFor(organisation("1"));
    acting.forget();
    expect(begin().organisation.get()).toBeNull();
    expect(begin().recent.get()).toEqual([]);
    storage.tab.setItem("tollgate.acting-for", "{ half");
    expect(begin().organisation.get()).toBeNull();
  });
});

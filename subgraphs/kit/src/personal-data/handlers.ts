import type { Tx } from "../database/database.js";
import type { EventHandler } from "../events/inbox.js";
import { announce, newEventId } from "../events/outbox.js";
import type { Sealer } from "../events/seal.js";
import type { DeliveredEvent } from "../protocol/event.js";
import type { ExportRequest, OrganisationErasure, UserErasure } from "../protocol/events.js";
import type { SubgraphName } from "../protocol/processes.js";
import type { Person, PersonalData } from "./personal-data.js";

/** Characters of one part of an archive: an event stays small enough for every transport. */
const PART_CHARACTERS = 200_000;
/** Characters of all parts of one subgraph, and of one table in it; what comes beyond is left out, and the archive says so. */
const MOST_CHARACTERS = 10_000_000;
const MOST_OF_TABLE = 3_000_000;

/**
 * How every subgraph takes part in archives and erasures. Neither is done by the one who asks: each owner answers for
 * its own tables, and accounts gathers the answers.
 */
export const personalDataHandlers = (
  subgraph: string,
  data: PersonalData,
  sealer: Sealer,
): Record<"personalData.exportRequested" | "user.erased" | "organisation.erased", EventHandler> => {
  const name = subgraph as SubgraphName; // a definition's name is one of the five, or the example's of the tests
  const personOf = (event: DeliveredEvent, userId: string): Person => ({
    userId,
    email: event.sealed === null ? null : sealer.open(event.sealed, event.id),
  });
  const confirm = (tx: Tx, erasureId: string, rows: number) =>
    announce(tx, "erasure.confirmed", {
      aggregateId: erasureId,
      organisationId: null,
      payload: { erasureId, subgraph: name, rows },
    });
  return {
    "personalData.exportRequested": async (tx, event) => {
      const request = event.payload as ExportRequest; // the catalogue's type for this event
      // All of it is read before any of it is told: a cursor has the transaction's connection to itself.
      const { parts, isCut } = await partsOf(data, tx, personOf(event, request.userId));
      for (const [number, lines] of parts.entries()) {
        const id = newEventId();
        const isLast = number === parts.length - 1;
        await announce(tx, "personalData.exported", {
          id,
          aggregateId: request.exportId,
          organisationId: request.organisationId,
          payload: { exportId: request.exportId, subgraph: name, number, isLast, isCut: isLast && isCut },
          sealed: sealer.seal(lines.join("\n"), id),
        });
      }
    },
    "user.erased": async (tx, event) => {
      const { erasureId, userId } = event.payload as UserErasure; // the catalogue's type for this event
      await confirm(tx, erasureId, await data.erase(tx, personOf(event, userId)));
    },
    "organisation.erased": async (tx, event) => {
      const { erasureId, organisationId } = event.payload as OrganisationErasure; // the catalogue's type for this event
      await confirm(tx, erasureId, await data.eraseOrganisation(tx, organisationId));
    },
  };
};

/** Lines of each part: the table's name, a space, the row as JSON. There is always one, though it may be empty. */
const partsOf = async (data: PersonalData, tx: Tx, person: Person): Promise<{ parts: string[][]; isCut: boolean }> => {
  let part: string[] = [];
  const parts = [part];
  let [size, total, isCut] = [0, 0, false];
  const ofTable = new Map<string, number>();
  for await (const { table, json } of data.export(tx, person)) {
    const line = `${table} ${json}`;
    const soFar = (ofTable.get(table) ?? 0) + line.length;
    if (soFar > MOST_OF_TABLE) {
      isCut = true; // one that goes on and on leaves room for the others
      continue;
    }
    ofTable.set(table, soFar);
    total += line.length;
    if (total > MOST_CHARACTERS) return { parts, isCut: true };
    if (size > 0 && size + line.length > PART_CHARACTERS) {
      part = [];
      parts.push(part);
      size = 0;
    }
    part.push(line);
    size += line.length;
  }
  return { parts, isCut };
};

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
/** Characters of all parts of one subgraph; what comes beyond is left out, and the archive says so. */
const MOST_CHARACTERS = 10_000_000;

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
      const tell = (number: number, lines: readonly string[], isLast: boolean, isCut: boolean) => {
        const id = newEventId();
        return announce(tx, "personalData.exported", {
          id,
          aggregateId: request.exportId,
          organisationId: request.organisationId,
          payload: { exportId: request.exportId, subgraph: name, number, isLast, isCut },
          sealed: sealer.seal(lines.join("\n"), id),
        });
      };
      await inParts(data, tx, personOf(event, request.userId), tell);
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

type Tell = (number: number, lines: readonly string[], isLast: boolean, isCut: boolean) => Promise<unknown>;

/** One line a row: the table's name, a space, the row as JSON. */
const inParts = async (data: PersonalData, tx: Tx, person: Person, tell: Tell): Promise<void> => {
  let [number, size, total, isCut] = [0, 0, 0, false];
  let lines: string[] = [];
  for await (const { table, json } of data.export(tx, person)) {
    const line = `${table} ${json}`;
    if (total + line.length > MOST_CHARACTERS) {
      isCut = true;
      break;
    }
    if (size > 0 && size + line.length > PART_CHARACTERS) {
      await tell(number, lines, false, false);
      [number, size, lines] = [number + 1, 0, []];
    }
    lines.push(line);
    size += line.length;
    total += line.length;
  }
  await tell(number, lines, true, isCut);
};

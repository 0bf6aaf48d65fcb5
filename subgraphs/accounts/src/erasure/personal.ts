import { Sealer, type SubgraphKit, type SubgraphParts } from "@tollgate/kit";
import type { OrganisationErasure } from "@tollgate/kit/protocol";
import { Archives } from "../exports/archive.js";
import { keepPart, settleExports } from "../exports/exports.js";
import { ExportsResolver } from "../exports/exports.resolver.js";
import { confirmErasure, forgetLastMails } from "./confirming.js";
import { erasePeopleOf, openOrganisationErasure } from "./erasure.js";
import { ErasureResolver } from "./erasure.resolver.js";

type Parts = Required<Pick<SubgraphParts, "resolvers" | "handlers" | "jobs" | "routes">>;

/** What accounts does for archives and erasures of all five subgraphs: asks, gathers what they answer, and tells the person. */
export const personalParts = (
  { database, masterSecret, sealer }: SubgraphKit,
  publicUrl: string,
  clock: () => Date,
): Parts => {
  const archivesAtRest = new Sealer(masterSecret, "data exports at rest");
  const erasuresAtRest = new Sealer(masterSecret, "erasures at rest");
  const archives = new Archives(database, archivesAtRest, masterSecret, publicUrl, clock);
  return {
    resolvers: [
      new ExportsResolver(archives, sealer, clock),
      new ErasureResolver({ sealer, atRest: erasuresAtRest }, clock),
    ],
    handlers: {
      "personalData.exported": (tx, event) => keepPart(tx, event, { sealer, atRest: archivesAtRest, now: clock() }),
      "erasure.confirmed": (tx, event) => confirmErasure(tx, event, erasuresAtRest, clock()),
      "organisation.erased": async (tx, event) => {
        const wish = event.payload as OrganisationErasure; // the catalogue's type for this event
        const now = clock();
        await openOrganisationErasure(tx, wish, now);
        await erasePeopleOf(tx, wish, { sealer, atRest: erasuresAtRest, now });
      },
    },
    jobs: [
      {
        name: "settle-personal-data",
        schedule: "* * * * *",
        run: () =>
          database.system("settle-personal-data", async (tx) => {
            await settleExports(tx, clock());
            await forgetLastMails(tx);
          }),
      },
    ],
    routes: [archives.route()],
  };
};

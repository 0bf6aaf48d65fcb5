import { join } from "node:path";
import type { CronJob, SubgraphKit, Worker } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import type { PassThroughRoute } from "@tollgate/kit/protocol";
import { AnchorFile } from "./anchor-file.js";
import { anchorTrails } from "./anchoring.js";
import { AuditResolver } from "./audit.resolver.js";
import { complianceResolvers } from "./compliance.resolver.js";
import { auditDownloads } from "./download.js";
import { retireOld } from "./retention.js";
import { sealTrail } from "./sealing.js";
import { ChainSignatures } from "./signatures.js";
import { verifyAll } from "./verification.js";
import { VerificationResolver } from "./verification.resolver.js";
import { watchTrail } from "./watch.js";

export interface TrailOptions {
  /** Where people reach the gateway; links to exports lead there. */
  publicUrl: string;
  /** Where anchors and archives are written, outside of the database; null: nowhere. */
  directory: string | null;
  clock: () => Date;
}

/** What the trail needs beside its tables. */
export interface TrailParts {
  resolvers: object[];
  workers: Worker[];
  jobs: CronJob[];
  routes: PassThroughRoute[];
}

const SEAL_EVERY_MILLISECONDS = 1_000;

/** The audit trail as part of its subgraph: what is asked of it, and what goes on by itself. */
export const trailParts = (kit: SubgraphKit, { publicUrl, directory, clock }: TrailOptions): TrailParts => {
  const { database, logger } = kit;
  const signatures = new ChainSignatures(kit.masterSecret);
  const file = directory === null ? null : new AnchorFile(join(directory, "anchors"), signatures);
  const proofs = { signatures, file };
  const wake = () => kit.wakeRelay();
  const downloads = auditDownloads({
    ...{ subgraph: "organisations", database, masterSecret: kit.masterSecret, publicUrl, clock },
    recorded: wake,
  });
  const archive = { signatures, directory: directory === null ? null : join(directory, "archive") };
  const sealer = new Loop(
    "audit sealer",
    SEAL_EVERY_MILLISECONDS,
    () => database.system("audit sealer", sealTrail),
    logger,
  );
  return {
    resolvers: [new AuditResolver(downloads), new VerificationResolver(kit, proofs, clock), ...complianceResolvers()],
    workers: [{ name: "audit sealer", start: () => sealer.start(), stop: () => sealer.stop() }],
    jobs: [
      {
        name: "anchor-audit-trail",
        schedule: "3 * * * *",
        run: async () => {
          await anchorTrails(database, signatures, file, clock());
        },
      },
      {
        name: "watch-audit-trail",
        schedule: "* * * * *",
        run: async () => {
          if ((await database.system("audit watch", (tx) => watchTrail(tx, clock()))) > 0) wake();
        },
      },
      {
        name: "verify-audit-trail",
        schedule: "33 1 * * *",
        run: async () => {
          const broken = await verifyAll(database, proofs, clock);
          if (broken.length > 0) logger.error({ organisations: broken }, "audit trails are broken");
          wake();
        },
      },
      {
        name: "retire-audit-entries",
        schedule: "13 3 * * *",
        run: async () => {
          await retireOld(database, archive, clock());
        },
      },
    ],
    routes: [downloads.route()],
  };
};

import type { SubgraphKit } from "@tollgate/kit";
import { counter } from "@tollgate/kit/observe";
import { verifyLedger } from "./verify.js";

const broken = counter("tollgate_ledger_findings_total", "Laws of the ledger that a nightly look found broken");
const verified = counter("tollgate_ledger_verifications_total", "Nightly looks at the ledger that came to their end");

/** Proves the laws of all books. What is found is an alarm: in the log with where, and counted. */
export const verifyNightly = async ({ database, logger }: Pick<SubgraphKit, "database" | "logger">): Promise<void> => {
  const { findings, ...counts } = await database.system("verify-ledger", (tx) => verifyLedger(tx));
  broken.inc(findings.length);
  verified.inc();
  if (findings.length > 0) logger.error({ findings, ...counts }, "the ledger breaks its laws");
  else logger.info(counts, "the ledger keeps its laws");
};

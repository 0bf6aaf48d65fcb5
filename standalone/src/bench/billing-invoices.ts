import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startBilling } from "./billing-charging.js";

/** Entries of use of each organisation in the month. */
const ENTRIES = 10;
const MARCH_ENDS = "2026-03-31T22:00:00Z";
const MEGABYTE = 2 ** 20;

/** What this process holds on to, garbage left out, in megabytes. */
const heldNow = (): number => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // the flag above puts it there
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MEGABYTE;
};

/**
 * How long it takes to bill a month of 3,000 organisations, what memory stays in use beyond what was before, and how long
 * it takes to see that all are billed. What the process has from the system is told beside it: garbage that nobody was in
 * need of collecting is in that.
 * @returns lines for people.
 */
export const invoicingFigures = async (serverUrl: string, masterSecret: string): Promise<string[]> => {
  const now = new Date("2026-04-01T06:00:00Z");
  const { billing, sql, organisationIds, analyze, stop } = await startBilling(serverUrl, masterSecret, () => now);
  const lines: string[] = [];
  const run = async (name: string) => {
    const [held, resident] = [heldNow(), process.memoryUsage().rss];
    const begun = performance.now();
    await billing.runJob("invoice-months");
    const seconds = (performance.now() - begun) / 1_000;
    const taken = ((process.memoryUsage().rss - resident) / MEGABYTE).toFixed(0);
    const kept = (heldNow() - held).toFixed(1);
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from billing.invoice`;
    lines.push(
      `${name.padEnd(36)}${seconds.toFixed(2)} s, ${row?.count} invoices, ${kept} MB kept, ${taken} MB more of the system`,
    );
  };
  try {
    await sql`
      select billing.post_entry(uuidv7(), w.organisation_id, 'USAGE', 'Use', ${MARCH_ENDS}::timestamptz - n * interval '1 day',
          null, array[w.id, w.id, w.id], array['WALLET', 'REVENUE', 'TAX'], array[-1150, 1000, 150]::bigint[])
        from billing.wallet w cross join generate_series(1, ${ENTRIES}) n
       where w.organisation_id = any(${[...organisationIds]}::uuid[])`;
    await analyze();
    await run(`a month of ${organisationIds.length} organisations`);
    await run("the same once more");
  } finally {
    await stop();
  }
  return lines;
};

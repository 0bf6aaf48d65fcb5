import { startBilling } from "./billing-charging.js";

/** Entries of use of each organisation in the month. */
const ENTRIES = 10;
const MARCH_ENDS = "2026-03-31T22:00:00Z";
const MEGABYTE = 2 ** 20;

/**
 * How long it takes to bill a month of 3,000 organisations, what memory that needs beyond what was used before, and how
 * long it takes to see that all are billed.
 * @returns lines for people.
 */
export const invoicingFigures = async (serverUrl: string, masterSecret: string): Promise<string[]> => {
  const now = new Date("2026-04-01T06:00:00Z");
  const { billing, sql, organisationIds, analyze, stop } = await startBilling(serverUrl, masterSecret, () => now);
  const lines: string[] = [];
  const run = async (name: string) => {
    const [begun, before] = [performance.now(), process.memoryUsage().rss];
    await billing.runJob("invoice-months");
    const seconds = (performance.now() - begun) / 1_000;
    const more = Math.max(0, (process.memoryUsage().rss - before) / MEGABYTE).toFixed(0);
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from billing.invoice`;
    lines.push(`${name.padEnd(36)}${seconds.toFixed(2)} s, ${row?.count} invoices, ${more} MB more`);
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

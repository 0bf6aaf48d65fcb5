// npm run bench -- simulation: six months of 120 companies, lived through twice.
import { cpus, loadavg } from "node:os";
import { createDatabase } from "@tollgate/kit/testing";
import { startTestPostgres } from "./postgres/index.js";
import { digestOf, invoicesOf } from "./simulation/outcome.js";
import { FULL_PLAN, simulate } from "./simulation/simulate.js";

// What is simulated need not survive a crash.
const server = await startTestPostgres();

interface Counts {
  entries: bigint;
  postings: bigint;
  records: bigint;
  orders: bigint;
  topUps: bigint;
}

/** @returns the digest of its invoices. */
const live = async (): Promise<string> => {
  const { url, drop } = await createDatabase(server.url);
  const [started, before] = [performance.now(), process.cpuUsage()];
  const world = await simulate(url, FULL_PLAN);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  try {
    const invoices = await invoicesOf(world);
    const [counts] = await world.billing.database.system(
      "bench",
      (tx) => tx.sql<Counts[]>`
        select (select count(*) from entry) as entries, (select count(*) from posting) as postings,
          (select count(*) from usage_record) as records, (select count(*) from customer_order) as orders,
          (select count(*) from top_up) as "topUps"`,
    );
    const words = Object.entries(counts ?? {}).map(([what, count]) => `${count} ${what}`);
    const took = `${seconds.toFixed(1)} s, of Node's CPU ${((user + system) / 1e6).toFixed(1)} s`;
    console.log(`${took}: ${[...words, `${invoices.length} invoices`].join(", ")}`);
    return digestOf(invoices);
  } finally {
    await world.close();
    await drop();
  }
};

try {
  const { companies, days } = FULL_PLAN;
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 without fsync`);
  console.log(`${companies} companies, ${days} days; load ${loadavg()[0]?.toFixed(1)} at the start`);
  const [first, second] = [await live(), await live()];
  console.log(first === second ? "twice the same invoices" : "THE INVOICES DIFFER");
  if (first !== second) process.exitCode = 1;
} finally {
  await server.stop();
}

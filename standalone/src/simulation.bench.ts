// npm run bench -- simulation: six months of 120 companies, lived through twice.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "@tollgate/kit/testing";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { digestOf, invoicesOf } from "./simulation/outcome.js";
import { FULL_PLAN, simulate } from "./simulation/simulate.js";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });

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
  const started = performance.now();
  const world = await simulate(url, FULL_PLAN);
  const seconds = (performance.now() - started) / 1_000;
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
    console.log(`${seconds.toFixed(1)} s: ${[...words, `${invoices.length} invoices`].join(", ")}`);
    return digestOf(invoices);
  } finally {
    await world.close();
    await drop();
  }
};

try {
  const { companies, days } = FULL_PLAN;
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync`);
  console.log(`${companies} companies, ${days} days`);
  const [first, second] = [await live(), await live()];
  console.log(first === second ? "twice the same invoices" : "THE INVOICES DIFFER");
  if (first !== second) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import postgres from "postgres";
import { expect, inject, test } from "vitest";
import { until } from "./processes.js";
import { Harness, withClient } from "./testing/harness.js";

test("the tests' PostgreSQL is version 18 and takes connections", async () => {
  const sql = postgres(inject("postgresUrl"), { max: 1 });
  try {
    const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
    expect(Math.floor((row?.version ?? 0) / 10_000)).toBe(18);
  } finally {
    await sql.end();
  }
});

test("a throw-away PostgreSQL ends and is removed when its process is killed", async () => {
  const harness = new Harness();
  try {
    const { child, report } = await harness.startChild("throw-away");
    if (!("url" in report)) throw new Error(report.refused);
    const directory = await withClient(report.url, async (sql) => {
      const [row] = await sql<{ path: string }[]>`select current_setting('data_directory') as path`;
      return row?.path ?? "";
    });
    expect(existsSync(directory)).toBe(true);
    await harness.kill(child);
    expect(await until(() => !existsSync(dirname(directory)), 10_000)).toBe(true);
  } finally {
    await harness.clear();
  }
});

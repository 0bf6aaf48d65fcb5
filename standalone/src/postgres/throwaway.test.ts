import postgres from "postgres";
import { expect, inject, test } from "vitest";

test("the tests' PostgreSQL is version 18 and takes connections", async () => {
  const sql = postgres(inject("postgresUrl"), { max: 1 });
  try {
    const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
    expect(Math.floor((row?.version ?? 0) / 10_000)).toBe(18);
  } finally {
    await sql.end();
  }
});

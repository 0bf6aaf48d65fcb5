import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { databaseAddresses } from "../database/addresses.js";
import { ignoreNotice } from "../database/database.js";
import { migrate } from "../database/migrate.js";
import { provision } from "../database/provision.js";
import type { SubgraphDefinition } from "../subgraph/definition.js";

export const TEST_SECRET = "a master secret for tests only, of no use anywhere else";

/** What a database needs of a subgraph before anybody works in it. */
export type Tables = Pick<SubgraphDefinition, "name" | "migrations" | "laws">;

const administrate = async (serverUrl: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> => {
  const sql = postgres(serverUrl, { max: 1, onnotice: ignoreNotice });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
};

const urlOf = (serverUrl: string, name: string): string => {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
};

/** Another one for other migrations or laws, as a server of tests may outlive them. */
const nameOf = (all: readonly Tables[]): string => {
  const hash = createHash("sha256");
  for (const { name, migrations, laws } of all) {
    hash.update(`${name} ${JSON.stringify(laws)}`);
    const files = readdirSync(migrations).filter((file) => file.endsWith(".sql"));
    for (const file of files.sort()) hash.update(readFileSync(join(migrations, file)));
  }
  return `template_${hash.digest("hex").slice(0, 32)}`;
};

const prepare = async (serverUrl: string, all: readonly Tables[]): Promise<void> => {
  await Promise.all(
    all.map(async ({ name, migrations, laws }) => {
      const addresses = databaseAddresses(name, serverUrl, null, TEST_SECRET);
      await provision(addresses);
      await migrate(addresses, migrations, laws);
    }),
  );
};

const templates = new Map<string, Promise<void>>();

/** The database from which others are copied, made by whoever needs it first; the other workers of the run wait. */
const templateOf = async (serverUrl: string, all: readonly Tables[]): Promise<string> => {
  const name = nameOf(all);
  const made = () =>
    administrate(serverUrl, async (sql) => {
      await sql`select pg_advisory_lock(hashtext(${name}))`;
      const [known] = await sql`select 1 from pg_database where datname = ${name}`;
      if (known) return;
      // Under its name it is whole: whoever died over the first half left no more than that.
      const half = `half_${randomUUID().replaceAll("-", "")}`;
      await sql.unsafe(`create database "${half}"`);
      await prepare(urlOf(serverUrl, half), all);
      await sql.unsafe(`alter database "${half}" rename to "${name}"`);
    });
  if (!templates.has(name)) templates.set(name, made());
  await templates.get(name);
  return name;
};

/**
 * A fresh database on the server of the test run, dropped by `drop`.
 * @param tables of subgraphs that it has from the beginning: copying them is quicker than making them.
 */
export const createDatabase = async (
  serverUrl: string,
  tables: readonly Tables[] = [],
): Promise<{ url: string; drop: () => Promise<void> }> => {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = tables.length === 0 ? "" : `template "${await templateOf(serverUrl, tables)}"`;
  await administrate(serverUrl, (sql) => sql.unsafe(`create database "${name}" ${template}`));
  return {
    url: urlOf(serverUrl, name),
    drop: () => administrate(serverUrl, (sql) => sql.unsafe(`drop database if exists "${name}" with (force)`)),
  };
};

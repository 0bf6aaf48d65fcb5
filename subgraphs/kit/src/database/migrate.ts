import { createHash } from "node:crypto";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as migrateWithDrizzle } from "drizzle-orm/postgres-js/migrator";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import type { DatabaseAddresses } from "./addresses.js";
import { ignoreNotice } from "./database.js";
import { type Laws, lawStatements } from "./laws.js";

/** Grows with the version of pg-boss, so that a new one gets its tables brought up to date. */
const PG_BOSS_TABLES = "pg-boss 12.35";

/**
 * Brings a schema to the newest migration and its laws into force, as the migrator, under an advisory lock so that
 * several processes may start at once. Nothing to do costs two round trips.
 * @param folder the generated migrations, `drizzle/<name>`.
 */
export const migrate = async (addresses: DatabaseAddresses, folder: string, laws: Laws): Promise<void> => {
  const { schema } = addresses;
  const sql = postgres(addresses.migrator, { max: 1, onnotice: ignoreNotice, connection: { search_path: schema } });
  try {
    await sql`select pg_advisory_lock(hashtext(${`tollgate migrations ${schema}`}))`;
    await migrateWithDrizzle(drizzle(sql), {
      migrationsFolder: folder,
      migrationsSchema: schema,
      migrationsTable: `__drizzle_migrations_${schema}`,
    });
    await applyLaws(sql, addresses, laws);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const applyLaws = async (sql: postgres.Sql, addresses: DatabaseAddresses, laws: Laws): Promise<void> => {
  const { schema } = addresses;
  const tables = await sql<{ name: string; hasOrganisation: boolean }[]>`
    select c.relname as name, exists (select 1 from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped) as "hasOrganisation"
      from pg_class c
     where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like '\\_\\_%' order by c.relname`;
  const statements = lawStatements(schema, tables, laws);
  const digest = createHash("sha256")
    .update([PG_BOSS_TABLES, ...statements].join(";\n"))
    .digest("hex");
  await sql.unsafe(`create table if not exists "${schema}".__laws (digest text not null)`);
  const [known] = await sql<{ digest: string }[]>`select digest from ${sql(schema)}.__laws`;
  if (known?.digest === digest) return;
  await makeJobTables(sql, addresses);
  await sql.begin(async (tx) => {
    for (const statement of statements) await tx.unsafe(statement);
    await tx`delete from ${tx(schema)}.__laws`;
    await tx`insert into ${tx(schema)}.__laws (digest) values (${digest})`;
  });
};

/** pg-boss keeps its tables in a schema of its own, made by the migrator; the login role may only use them. */
const makeJobTables = async (sql: postgres.Sql, addresses: DatabaseAddresses): Promise<void> => {
  const { schema } = addresses;
  const boss = new PgBoss({
    connectionString: addresses.migrator,
    max: 1,
    schema: `${schema}_jobs`,
    createSchema: false,
    supervise: false,
    schedule: false,
  });
  await boss.start();
  await boss.stop({ graceful: false });
  await sql.unsafe(`
    grant select, insert, update, delete on all tables in schema "${schema}_jobs" to "${schema}_login";
    grant execute on all functions in schema "${schema}_jobs" to "${schema}_login"`);
};

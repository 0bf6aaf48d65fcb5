import { databaseAddresses } from "@tollgate/kit";
import { createDatabase, TEST_SECRET } from "@tollgate/kit/testing";
import { pino } from "pino";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { SUBGRAPH_NAMES } from "./graph/names.js";
import { createSubgraphs, type Subgraphs, stopSubgraphs } from "./graph/subgraphs.js";

/** Tables that belong to no organisation, by schema; every other one has row-level security. */
const OPEN = ["tenancy", "outbox_aggregate", "outbox_lease", "inbox", "rollup_level", "code_channel"];

/** Their owner's functions search them within a scope of their own; the login role is bound by the policies all the same. */
const SEARCHED = ["accounts.user", "billing.coupon", "billing.document_counter"];

const options = { smtpUrl: null, mailFrom: "-", mailbox: true, simulate: false, sampleSeconds: 5, hostSeconds: 2 };
let subgraphs: Subgraphs;
let sql: postgres.Sql;
let url: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ url, drop } = await createDatabase(inject("postgresUrl")));
  const addresses = (name: string) => databaseAddresses(name, url, null, TEST_SECRET);
  subgraphs = await createSubgraphs(options, {
    addresses,
    connections: 2,
    masterSecret: TEST_SECRET,
    logger: pino({ level: "silent" }),
  });
  for (const name of SUBGRAPH_NAMES) await subgraphs[name].migrate();
  sql = postgres(url, { max: 1 });
});

afterAll(async () => {
  await sql.end();
  await stopSubgraphs(subgraphs);
  await drop();
});

const schemas = [...SUBGRAPH_NAMES];

describe("the database keeps the laws", () => {
  it("every table of every subgraph has forced row-level security, but for the few that belong to nobody", async () => {
    const tables = await sql<{ schema: string; table: string; forced: boolean; policies: number; owner: string }[]>`
      select n.nspname as schema, c.relname as table, c.relrowsecurity and c.relforcerowsecurity as forced,
        (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies, pg_get_userbyid(c.relowner) as owner
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any(${schemas}) and c.relkind in ('r', 'p') and not c.relispartition and c.relname not like '\\_\\_%'`;
    expect(tables.length).toBeGreaterThan(40);
    for (const { schema, table, forced, policies, owner } of tables) {
      expect(owner, `${schema}.${table}`).toBe(`${schema}_migrator`);
      if (OPEN.includes(table)) continue;
      expect({ forced, hasPolicy: policies > 0 }, `${schema}.${table}`).toEqual({
        forced: !SEARCHED.includes(`${schema}.${table}`),
        hasPolicy: true,
      });
    }
  });

  it("every foreign key between tables of organisations carries the organisation", async () => {
    // Foreign keys bypass row-level security: without the organisation in it, one could point at a stranger's row.
    const keys = await sql<{ name: string; columns: string[] }[]>`
      select k.conrelid::regclass || '.' || k.conname as name,
        (select array_agg(a.attname::text) from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as columns
        from pg_constraint k join pg_namespace n on n.oid = k.connamespace
       where k.contype = 'f' and n.nspname = any(${schemas}) and k.conparentid = 0
         and exists (select 1 from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'organisation_id')
         and exists (select 1 from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'organisation_id')`;
    expect(keys.length).toBeGreaterThan(2);
    for (const { name, columns } of keys) {
      // The tree's own edge leads from organisation to organisation.
      if (name.endsWith("organisation_parent_fk")) continue;
      expect(
        columns.some((column) => column.endsWith("organisation_id")),
        name,
      ).toBe(true);
    }
  });

  it("no login role reaches another subgraph's schema, owns anything, or bypasses row-level security", async () => {
    const roles = await sql<
      { role: string; reaches: string[]; owns: number; super: boolean; bypass: boolean; member: number }[]
    >`
      select r.rolname as role, r.rolsuper as super, r.rolbypassrls as bypass,
        (select count(*)::int from pg_auth_members m where m.member = r.oid) as member,
        (select count(*)::int from pg_class c where c.relowner = r.oid) as owns,
        (select coalesce(array_agg(n.nspname::text order by n.nspname), '{}') from pg_namespace n
          where n.nspname = any(${schemas.flatMap((name) => [name, `${name}_jobs`])}) and has_schema_privilege(r.oid, n.oid, 'usage')) as reaches
        from pg_roles r where r.rolname = any(${schemas.map((name) => `${name}_login`)})`;
    expect(roles).toHaveLength(5);
    for (const { role, ...rest } of roles) {
      const schema = role.replace("_login", "");
      expect(rest, role).toEqual({
        reaches: [schema, `${schema}_jobs`],
        owns: 0,
        super: false,
        bypass: false,
        member: 0,
      });
    }
  });

  it("no login role may touch a partition past its parent, or change what is append-only", async () => {
    const [{ partitions } = { partitions: -1 }] = await sql<{ partitions: number }[]>`
      select count(*)::int as partitions from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relispartition and n.nspname = any(${schemas}) and has_table_privilege(n.nspname || '_login', c.oid, 'select')`;
    expect(partitions).toBe(0);
    const changes = await sql`
      select 1 where has_table_privilege('organisations_login', 'organisations.audit_entry', 'update')
        or has_table_privilege('organisations_login', 'organisations.audit_entry', 'delete')
        or has_table_privilege('billing_login', 'billing.posting', 'update')
        or has_table_privilege('billing_login', 'billing.posting', 'insert')`;
    expect(changes).toHaveLength(0);
  });
});

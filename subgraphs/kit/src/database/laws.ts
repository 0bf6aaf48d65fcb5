import { settingFunctions, settingPolicies } from "../settings/laws.js";

/**
 * The laws that hold in every subgraph's schema, drawn from its catalogue rather than listed: row-level security on
 * each table, the login role's grants, and the functions that requests enter through. Applied after the migrations.
 */

/** What a table is to row-level security. */
export type TableLaw =
  /** Rows of an organisation, seen by it and by all above it. The default where there is an `organisation_id`. */
  | "estate"
  /**
   * Like `estate`, for tables whose rows are found by their keys, one or a few at a time: the tree is asked about each
   * row, where for `estate` all organisations of the scope are read before the first.
   */
  | "keyed"
  /** Like `estate`, and besides read (never written) by all below: price lists, settings, catalogue. */
  | "inherited"
  /** Seen by system callers only; anybody may add. Of the kit's own queues. */
  | "queue"
  /** Seen and written by system callers only. */
  | "system"
  /** Like `estate`, and besides read by the kit's function that resolves settings. */
  | "setting"
  /** No row-level security: nothing in it belongs to an organisation. */
  | "open";

export interface Laws {
  /** By table name; those not named are `estate`, and must have an `organisation_id`. */
  tables?: Record<string, TableLaw>;
  /** Tables whose rows never change: the login role may only read and add. */
  appendOnly?: readonly string[];
  /** Tables that the schema's own SECURITY DEFINER functions write: the login role may only read. */
  readOnly?: readonly string[];
  /**
   * Tables that the schema's own SECURITY DEFINER functions read past the policies, with a scope of their own: no index
   * for searching texts is used under a policy. The login role stays bound like everywhere.
   */
  searched?: readonly string[];
  /** Statements of the subgraph's own: functions, triggers. Run as the migrator with the schema as search path. */
  statements?: readonly string[];
}

const KIT_TABLES: Record<string, TableLaw> = {
  tenancy: "open",
  outbox: "queue",
  outbox_aggregate: "open",
  outbox_lease: "open",
  inbox: "open",
  setting_value: "setting",
};

/** The path that the transaction may see, or null outside of one that was entered. */
const SCOPE = "nullif(current_setting('tollgate.path', true), '')";
const IN_SCOPE = `t.path >= ${SCOPE} collate "C" and t.path < (${SCOPE} || '~') collate "C"`;
const BELOW = `organisation_id in (select t.organisation_id from tenancy t where ${IN_SCOPE})`;
/** The same, asked about one row: what is written comes row by row, and the tree may be large. */
const IS_BELOW = `exists (select from tenancy t where t.organisation_id = %t.organisation_id and ${IN_SCOPE})`;
const ABOVE = `organisation_id in (select t.organisation_id from tenancy t where starts_with(${SCOPE}, t.path))`;
const SYSTEM = `${SCOPE} = '/'`;

/** A system caller also sees rows whose organisation the projection does not know yet. */
const policiesOf = (law: TableLaw, schema: string): string[] => {
  if (law === "estate" || law === "keyed") {
    const found = law === "keyed" ? IS_BELOW : BELOW;
    return [`create policy estate on %t using (${SYSTEM} or ${found}) with check (${SYSTEM} or ${IS_BELOW})`];
  }
  if (law === "inherited") {
    return [...policiesOf("estate", schema), `create policy inherited on %t for select using (${ABOVE})`];
  }
  if (law === "setting") return [...policiesOf("estate", schema), ...settingPolicies(schema)];
  if (law === "system") return [`create policy system on %t using (${SYSTEM}) with check (${SYSTEM})`];
  if (law === "queue") {
    return [
      `create policy system on %t using (${SYSTEM}) with check (${SYSTEM})`,
      "create policy add on %t for insert with check (true)",
    ];
  }
  return [];
};

/**
 * Temporary tables come last in the search path of what runs as the migrator, or a caller's own table could stand in
 * for one of ours. Entering a transaction; see `docs/architecture.md`.
 */
const FUNCTIONS = (schema: string) => [
  `create or replace function enter(caller uuid, narrowed uuid, milliseconds int)
   returns table (path text, organisation_id uuid, kind text, status text, organisation_ids uuid[])
   language plpgsql security definer set search_path = "${schema}", pg_temp as $body$
   declare own text; chosen text;
   begin
     select t.path into own from tenancy t where t.organisation_id = caller;
     if own is null then raise exception 'unknown organisation' using errcode = 'TG001'; end if;
     chosen := own;
     if narrowed is not null then
       select t.path into chosen from tenancy t
        where t.organisation_id = narrowed and t.path >= own collate "C" and t.path < (own || '~') collate "C";
       if chosen is null then raise exception 'outside the estate' using errcode = 'TG002'; end if;
     end if;
     perform set_config('tollgate.path', chosen, true);
     if milliseconds is not null then perform set_config('statement_timeout', milliseconds::text, true); end if;
     return query
       select t.path, t.organisation_id, t.kind, t.status,
         (select case when count(*) <= 100 then array_agg(e.organisation_id) end
            from (select b.organisation_id from tenancy b
                   where b.path >= chosen collate "C" and b.path < (chosen || '~') collate "C" limit 101) e)
         from tenancy t where t.path = chosen;
   end $body$`,
  `create or replace function enter_system(milliseconds int) returns void
   language plpgsql security definer set search_path = "${schema}", pg_temp as $body$
   begin
     perform set_config('tollgate.path', '/', true);
     if milliseconds is not null then perform set_config('statement_timeout', milliseconds::text, true); end if;
   end $body$`,
  // The version is taken under the aggregate's row lock, which is held until the commit: versions become visible in order.
  `create or replace function emit(id uuid, type text, aggregate uuid, organisation uuid, payload jsonb, sealed bytea, topic text, at timestamptz)
   returns bigint language plpgsql security definer set search_path = "${schema}", pg_temp as $body$
   declare version bigint;
   begin
     if aggregate is null then version := 1; aggregate := id;
     else
       insert into outbox_aggregate as a (aggregate_id, version) values (aggregate, 1)
         on conflict (aggregate_id) do update set version = a.version + 1 returning a.version into version;
     end if;
     insert into outbox (id, partition, type, aggregate_id, aggregate_version, organisation_id, payload, sealed, topic, occurred_at, next_attempt_at)
       values (id, abs(hashtext(aggregate::text)) % 16, type, aggregate, version, organisation, payload, sealed, topic, at, now());
     return version;
   end $body$`,
];

const grantsOf = (table: string, laws: Laws): string => {
  if (laws.readOnly?.includes(table)) return "select";
  return laws.appendOnly?.includes(table) ? "select, insert" : "select, insert, update, delete";
};

/** All statements, in order. `tables` are those of the schema as the catalogue lists them, partitions left out. */
export const lawStatements = (
  schema: string,
  tables: readonly { name: string; hasOrganisation: boolean }[],
  laws: Laws,
): string[] => {
  const login = `"${schema}_login"`;
  const statements = [...FUNCTIONS(schema), ...settingFunctions(schema), ...(laws.statements ?? [])];
  for (const { name, hasOrganisation } of tables) {
    const table = `"${schema}"."${name}"`;
    const law = KIT_TABLES[name] ?? laws.tables?.[name] ?? (hasOrganisation ? "estate" : null);
    if (law === null) throw new Error(`${table} has no organisation_id and no law of its own`);
    statements.push(`revoke all on ${table} from ${login}`);
    statements.push(`grant ${grantsOf(name, laws)} on ${table} to ${login}`);
    for (const policy of ["estate", "inherited", "system", "add", "own"])
      statements.push(`drop policy if exists ${policy} on ${table}`);
    if (law === "open") {
      statements.push(
        `alter table ${table} disable row level security`,
        `alter table ${table} no force row level security`,
      );
    } else {
      statements.push(
        `alter table ${table} enable row level security`,
        `alter table ${table} ${laws.searched?.includes(name) ? "no force" : "force"} row level security`,
      );
      statements.push(...policiesOf(law, schema).map((policy) => policy.replaceAll("%t", table)));
    }
  }
  statements.push(`grant usage on all sequences in schema "${schema}" to ${login}`);
  statements.push(`revoke execute on all functions in schema "${schema}" from public`);
  statements.push(`grant execute on all functions in schema "${schema}" to ${login}`);
  return statements;
};

// npm run bench -- audit: lists, verification, export and sealing of a trail of a million entries.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { databaseAddresses, Subgraph } from "@tollgate/kit";
import { requestCaller, until } from "@tollgate/kit/testing";
import { organisationsSubgraph, seedOrganisations } from "@tollgate/organisations";
import { parse } from "graphql";
import { pino } from "pino";
import postgres from "postgres";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { timed } from "./testing/sample-ingest.js";

const SECRET = "of a database that is gone with this run";
const ENTRIES = Number(process.env["AUDIT_ENTRIES"] ?? 1_000_000);
const MINUTE = 60_000;
/** Organisations below the operator; one of them has half of all entries. */
const CUSTOMERS = 200;

const [operator, large] = [randomUUID(), randomUUID()];
const owner = randomUUID();
const customers = [large, ...Array.from({ length: CUSTOMERS - 1 }, () => randomUUID())];

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const addresses = databaseAddresses("organisations", server.url, null, SECRET);
const subgraph = await Subgraph.create(organisationsSubgraph(), {
  addresses,
  connections: 4,
  masterSecret: SECRET,
  logger: pino({ level: "warn" }),
  tenancySource: null,
});
/** Past all rules, to fill tables and to look at plans. */
const admin = postgres(server.url, { max: 1, onnotice: () => undefined, connection: { search_path: "organisations" } });

const say = (line: string) => process.stdout.write(`${line}\n`);
const as = (org: string) => {
  const permissions = ["audit:read", "audit:export"];
  return requestCaller({ org, sub: owner, permissions }, { deadline: Date.now() + 10 * MINUTE });
};
const ask = async (org: string, document: string, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await subgraph.execute({ document: parse(document), variables, caller: as(org) });
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return data;
};

const fill = async (): Promise<void> => {
  await admin`
    insert into audit_entry (id, organisation_id, at, actor_kind, actor_id, action, resource, resource_id, after, outcome,
        problem, subgraph, address, user_agent, request_id)
    select uuidv7(), (${customers}::uuid[])[case when n % 2 = 0 then 1 else 1 + n % ${CUSTOMERS} end],
        now() - n * interval '30 seconds', 'USER', ${owner}, (array['vm:power','order:place','wallet:topUp','vm:update'])[1 + n % 4],
        (array['vm','order','topUp','vm'])[1 + n % 4], 'id-' || n % 50000,
        jsonb_build_object('state', 'RUNNING', 'step', n), case when n % 500 = 0 then 'REFUSED' else 'SUCCEEDED' end,
        case when n % 500 = 0 then 'NOT_FOUND' end, 'telemetry', '192.0.2.' || n % 250,
        'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', uuidv7()::text
      from generate_series(1, ${ENTRIES}::int) n`;
  await admin`insert into audit_unsealed (organisation_id, entry_id)
    select organisation_id, id from audit_entry where id not in (select entry_id from audit_link) order by at, id
    on conflict do nothing`;
  await admin`vacuum analyze audit_entry`;
};

const LIST = `query ($filter: AuditFilter, $after: String) { auditEntries(first: 50, filter: $filter, after: $after) {
  nodes { id at action hash } pageInfo { endCursor } } }`;

/** Median of ten pages, the tenth page included. */
const pageTime = async (org: string, filter: object): Promise<number> => {
  const times: number[] = [];
  let after: string | null = null;
  for (let page = 0; page < 10; page += 1) {
    const begin = performance.now();
    const data = await ask(org, LIST, { filter, after });
    times.push(performance.now() - begin);
    after = (data["auditEntries"] as { pageInfo: { endCursor: string | null } }).pageInfo.endCursor; // as asked for
    if (after === null) break;
  }
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
};

const residentMegabytes = () => Math.round(process.memoryUsage.rss() / 1_048_576);

const download = async (org: string, format: string): Promise<string> => {
  const data = await ask(org, `{ auditDownload(format: ${format}) { url } }`);
  const url = new URL((data["auditDownload"] as { url: string }).url); // as asked for
  const route = subgraph.routes.find(({ path }) => path === url.pathname);
  if (!route) throw new Error("no route");
  const request = {
    method: "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    rawBody: new Uint8Array(),
  };
  const { body, status } = await route.handle({ ...request, address: "127.0.0.1" });
  if (!(body instanceof Readable)) throw new Error(`${status}`);
  const before = residentMegabytes();
  let [bytes, most] = [0, before];
  const milliseconds = await timed(async () => {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length; // a stream of bytes
      most = Math.max(most, residentMegabytes());
    }
  });
  return `${Math.round(milliseconds)} ms, ${Math.round(bytes / 1_048_576)} MB, resident ${before} → at most ${most} MB`;
};

const plan = async (org: string, condition: string): Promise<string> =>
  admin.begin(async (sql) => {
    await sql.unsafe("set local role organisations_login");
    await sql`select enter(${org}, null, null)`;
    const rows = await sql.unsafe<{ "QUERY PLAN": string }[]>(`explain (analyze, costs off, timing off, summary off)
      select * from audit_entry where ${condition} order by at desc nulls last, id desc nulls last limit 51`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });

try {
  await subgraph.start([subgraph.inbox]);
  await seedOrganisations(subgraph, {
    organisations: [
      { id: operator, parentId: null, name: "Operator", kind: "INTERNAL" },
      ...customers.map((id, n) => ({ id, parentId: operator, name: `Customer ${n}`, kind: "CUSTOMER" as const })),
    ],
    members: [{ userId: owner, organisationId: operator, roles: ["owner"] }],
  });
  say(`${ENTRIES} entries, ${cpus()[0]?.model}, load ${(await import("node:os")).loadavg()[0]?.toFixed(1)}`);
  say(`filled in ${Math.round((await timed(fill)) / 1_000)} s`);
  const sealed = await timed(() =>
    until(async () => {
      const [row] = await admin`select 1 from audit_unsealed limit 1`;
      return row === undefined;
    }, 30 * MINUTE),
  );
  say(`sealed in ${Math.round(sealed / 1_000)} s: ${Math.round(ENTRIES / (sealed / 1_000))} a second`);
  await admin`vacuum analyze audit_link`;
  const lists: [string, string, object][] = [
    ["operator, all", operator, {}],
    ["operator, one action", operator, { action: ["vm:power"] }],
    ["operator, one resource", operator, { resource: "order" }],
    ["operator, one id", operator, { resourceId: "id-7" }],
    ["operator, one person", operator, { actorId: owner }],
    ["operator, security", operator, { securityOnly: true }],
    ["operator, refused", operator, { outcome: ["REFUSED"] }],
    ["large customer, all", large, {}],
    ["large customer, one action", large, { action: ["wallet:topUp"] }],
    ["large customer, security", large, { securityOnly: true }],
    ["small customer, all", customers[7] ?? large, {}],
  ];
  for (const [name, org, filter] of lists) say(`list of 50 · ${name}: ${(await pageTime(org, filter)).toFixed(1)} ms`);
  const security =
    "(outcome = 'REFUSED' or starts_with(action, 'security:') or action in ('session:reuse', 'user:lockOut', 'user:confirmPassword'))";
  for (const [name, org, condition] of [
    ["operator, all", operator, "true"],
    ["operator, one action", operator, "action = 'vm:power'"],
    ["operator, security", operator, security],
    ["large customer, security", large, `organisation_id = '${large}' and ${security}`],
  ] as const) {
    say(`\n${name}\n${await plan(org, condition)}`);
  }
  const before = residentMegabytes();
  const verified = await timed(async () => {
    const document = `mutation { verifyAuditTrail(input: { organisationId: "${large}" }) { ... on AuditVerification { intact entriesChecked } } }`;
    say(`\n${JSON.stringify(await ask(operator, document))}`);
  });
  say(`verified in ${Math.round(verified)} ms, resident ${before} → ${residentMegabytes()} MB`);
  for (const format of ["JSON_LINES", "CSV"]) say(`${format}: ${await download(operator, format)}`);
} finally {
  await admin.end({ timeout: 2 });
  await subgraph.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

// npm run bench -- accounts: what signing in, recognising somebody, and an estate of 3,000 organisations cost.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { accountsSubgraph, PasswordHasher } from "@tollgate/accounts";
import { countStatements, databaseAddresses, Subgraph, type SubgraphDefinition } from "@tollgate/kit";
import { RevocationWatch, TokenVerifier } from "@tollgate/kit/net";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { requestCaller, TestIdentity, until } from "@tollgate/kit/testing";
import { organisationsSubgraph, PERMISSIONS, tenancySourceOf } from "@tollgate/organisations";
import { parse } from "graphql";
import { pino } from "pino";
import postgres from "postgres";
import { startEmbeddedPostgres } from "./postgres/index.js";

const ORGANISATIONS = 3_000;
const PEOPLE_EACH = 10;
const ROUNDS = 30;
const SIGN_INS = 40;
const TOKENS = 2_000;
const PAGE = 50;
const PASSWORD = "a password for the benchmark alone";
const SECRET = "of a database that is gone with this run";
const logger = pino({ level: "warn" });
const operator = randomUUID();

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds that each of some ways takes, in turns, so that what else the machine does meets all of them; medians. */
const compare = async (ways: readonly (() => Promise<unknown>)[], rounds = ROUNDS): Promise<number[]> => {
  const times: number[][] = ways.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      const started = performance.now();
      await way();
      if (round > 0) times[index]?.push(performance.now() - started); // the first warms up
    }
  }
  return times.map(median);
};

const line = (what: string, text: string) => console.log(`${what.padEnd(44)}${text}`);
const ms = (value = Number.NaN) => `${value.toFixed(2)} ms`;

/** A tree of one operator, its resellers, and customers below them; and people, all with the same password. */
const plant = async (sql: postgres.Sql, passwordHash: string): Promise<void> => {
  await sql`
    create temporary table planted as
      select n, case when n % 30 = 0 then null else n - n % 30 end as above, gen_random_uuid() as id
        from generate_series(0, ${ORGANISATIONS - 1}::int) n`;
  await sql`update planted set id = ${operator} where n = 0`;
  await sql`update planted set above = 0 where above is null and n > 0`;
  await sql`
    insert into organisations.organisation (organisation_id, parent_id, name, kind, depth)
      select p.id, a.id, 'Organisation ' || p.n, case when p.n = 0 then 'INTERNAL' when p.above = 0 and p.n % 30 = 0 then 'RESELLER' else 'CUSTOMER' end,
             case when p.n = 0 then 0 when p.above = 0 then 1 else 2 end
        from planted p left join planted a on a.n = p.above order by p.n`;
  await sql`
    insert into organisations.tenancy (organisation_id, parent_id, path, kind, status, version)
      select p.id, a.id, '/' || case when p.n = 0 then '' when p.above = 0 then ${operator} || '/' else ${operator} || '/' || a.id || '/' end || p.id || '/',
             o.kind, 'ACTIVE', p.n + 1
        from planted p left join planted a on a.n = p.above join organisations.organisation o on o.organisation_id = p.id`;
  await sql`
    insert into accounts."user" (organisation_id, email, email_verified, display_name, status, password_hash)
      select p.id, 'person' || p.n || '.' || i || '@bench.example', true, md5(p.n || '/' || i), 'ACTIVE', ${passwordHash}
        from planted p, generate_series(1, ${PEOPLE_EACH}::int) i`;
  await sql`analyze`;
};

const ask = async (subgraph: Subgraph, query: string, variables: object, caller: RequestCaller) => {
  const { data, errors } = await subgraph.execute({ document: parse(query), variables: { ...variables }, caller });
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};

const everywhere = (): RequestCaller =>
  requestCaller(
    { org: operator, kind: "INTERNAL", permissions: PERMISSIONS.map(({ key }) => key) },
    { deadline: Date.now() + 60_000 },
  );

const benchSignIn = async (accounts: Subgraph, hasher: PasswordHasher, passwordHash: string): Promise<void> => {
  let number = 0;
  const signIn = async (password: string) => {
    number += 1;
    const input = { email: `person${number}.1@bench.example`, password, delivery: "BEARER" };
    const caller = requestCaller(null, {
      address: `10.0.${number >> 8}.${number & 255}`,
      deadline: Date.now() + 60_000,
    });
    return ask(accounts, "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }", { input }, caller);
  };
  const before = hasher.performed;
  await signIn(PASSWORD);
  const hashes = hasher.performed - before;
  const [raw = 0, right = 0, wrong = 0] = await compare(
    [() => hasher.verify(passwordHash, PASSWORD), () => signIn(PASSWORD), () => signIn("another password altogether")],
    SIGN_INS,
  );
  line("argon2id by itself", ms(raw));
  line("first step of sign-in, right password", `${ms(right)}, × ${(right / raw).toFixed(2)}, ${hashes} hash`);
  line("first step of sign-in, wrong password", `${ms(wrong)}, × ${(wrong / raw).toFixed(2)}`);
};

const benchTokens = async (): Promise<void> => {
  const source = await TestIdentity.create();
  const { accessToken, claims } = await source.issue({ permissions: PERMISSIONS.map(({ key }) => key) });
  const verifier = new TokenVerifier(source);
  const watch = new RevocationWatch(source, 250, logger);
  for (let ended = 0; ended < 10_000; ended += 1) source.end(randomUUID());
  await watch.start();
  const verify = async () => {
    for (let index = 0; index < TOKENS; index += 1) await verifier.verify(accessToken);
  };
  const check = async () => {
    for (let index = 0; index < TOKENS; index += 1) {
      await verifier.verify(accessToken);
      await watch.upToDate();
      if (watch.isEnded(claims.sid) || watch.isStale(claims)) throw new Error("nobody ended this session");
    }
  };
  const [alone = 0, both = 0] = await compare([verify, check], 7);
  const each = (total: number) => `${((total / TOKENS) * 1_000).toFixed(1)} µs`;
  line("a token verified", each(alone));
  line("… and asked whether it was revoked", `${each(both)} (10,000 sessions ended lately)`);
  await watch.stop();
};

interface Estate {
  name: string;
  subgraph: Subgraph;
  query: string;
  /** The same rows, asked for as the login role in a transaction that was entered as the operator. */
  raw: (tx: postgres.TransactionSql) => Promise<unknown>;
  login: postgres.Sql;
}

const benchEstate = async ({ name, subgraph, query, raw, login }: Estate): Promise<void> => {
  const rawly = () =>
    login.begin("read only", async (tx) => {
      await tx`select from enter(${operator}, null, 60000)`;
      await raw(tx);
    });
  const askFor = (first: number) => ask(subgraph, query, { first }, everywhere());
  const [sql = 0, domain = 0] = await compare([rawly, () => askFor(PAGE)]);
  const few = (await countStatements(() => askFor(5))).length;
  const many = (await countStatements(() => askFor(PAGE))).length;
  if (few !== many) throw new Error(`${name}: ${few} statements for 5 rows, ${many} for ${PAGE}`);
  line(
    name,
    `SQL ${ms(sql)}, graph ${ms(domain)}, × ${(domain / sql).toFixed(2)}, ${many} statements for 5 and ${PAGE} rows`,
  );
};

const USERS = "nodes { id displayName email status lastSignedInAt } pageInfo { endCursor }";
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const addresses = (name: string) => databaseAddresses(name, server.url, null, SECRET);
const loginOf = (name: string) =>
  postgres(addresses(name).login, { max: 1, connection: { search_path: name }, onnotice: () => undefined });
const hasher = new PasswordHasher();
const passwordHash = await hasher.hash(PASSWORD);
const make = (definition: SubgraphDefinition, tree: Subgraph | null) =>
  Subgraph.create(definition, {
    ...{ addresses: addresses(definition.name), connections: 4, masterSecret: SECRET, logger },
    tenancySource: tree && tenancySourceOf(tree),
  });
const organisations = await make(organisationsSubgraph(), null);
const accounts = await make(accountsSubgraph({ hasher }), organisations);
const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
const [treeLogin, peopleLogin] = [loginOf("organisations"), loginOf("accounts")];
try {
  await organisations.migrate();
  await accounts.migrate();
  await plant(sql, passwordHash);
  const sinks = [organisations.inbox, accounts.inbox];
  await organisations.start(sinks);
  await accounts.start(sinks);
  await until(async () => (await accounts.health()).every(({ ready }) => ready), 60_000);
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync, load ${load}`,
  );
  console.log(`${ORGANISATIONS} organisations, ${ORGANISATIONS * PEOPLE_EACH} people; medians`);
  await benchSignIn(accounts, hasher, passwordHash);
  await benchTokens();
  const inTree = { subgraph: organisations, login: treeLogin };
  const inPeople = { subgraph: accounts, login: peopleLogin };
  await benchEstate({
    ...inTree,
    name: "the estate, nearest first",
    query: "query ($first: Int) { organisation { estate(first: $first) { nodes { id name kind status } } } }",
    raw: (tx) => tx`
      select o.*, t.status from tenancy t join organisation o on o.organisation_id = t.organisation_id
       where t.path >= ${`/${operator}/`} collate "C" and t.path < ${`/${operator}/~`} collate "C"
       order by o.depth, t.path collate "C" limit ${PAGE + 1}`,
  });
  await benchEstate({
    ...inTree,
    name: "the estate, one by name",
    query:
      'query ($first: Int) { organisation { estate(first: $first, filter: { search: "Organisation 29" }) { nodes { id name } totalCount } } }',
    raw: async (tx) => {
      await tx`select o.* from organisation o where name ilike '%Organisation 29%' order by name limit ${PAGE + 1}`;
      await tx`select count(*) from organisation o where name ilike '%Organisation 29%'`;
    },
  });
  await benchEstate({
    ...inPeople,
    name: "people of the estate, by name",
    query: `query ($first: Int) { users(first: $first) { ${USERS} } }`,
    raw: (tx) => tx`select * from "user" order by display_name, id limit ${PAGE + 1}`,
  });
  await benchEstate({
    ...inPeople,
    name: "people found by a part of the name",
    query: `query ($first: Int) { users(first: $first, filter: { search: "abc" }) { ${USERS} } }`,
    raw: (tx) => tx`
      select * from "user" where display_name ilike '%abc%' or email ilike '%abc%'
       order by display_name, id limit ${PAGE + 1}`,
  });
} finally {
  await Promise.all([sql, treeLogin, peopleLogin].map((one) => one.end({ timeout: 5 })));
  await accounts.stop();
  await organisations.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

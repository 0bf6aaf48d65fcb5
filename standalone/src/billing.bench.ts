// npm run bench -- billing: what the domain adds to the ledger's functions, and how many statements an order takes.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { billingSubgraph, captureHold, demoPriceList, placeHold, seedBilling } from "@tollgate/billing";
import { callerOf, countStatements, Database, databaseAddresses, newEventId, Subgraph } from "@tollgate/kit";
import type { EventPayloads, TenancyChange } from "@tollgate/kit/protocol";
import { requestCaller, until } from "@tollgate/kit/testing";
import { parse } from "graphql";
import { pino } from "pino";
import postgres from "postgres";
import { startEmbeddedPostgres } from "./postgres/index.js";

const SECONDS = 1;
const ROUNDS = 12;
const CONNECTIONS = 16;
const WALLETS = 1_000;
const AMOUNT = 100n;
const SECRET = "of a database that is gone with this run";
const logger = pino({ level: "warn" });

interface Wallet {
  organisationId: string;
  walletId: string;
}

/** Holds money of a wallet, then takes all of it. */
type Pair = (wallet: Wallet) => Promise<unknown>;

const operator = randomUUID();
const organisationIds = Array.from({ length: WALLETS }, () => randomUUID());
const tree = [operator, ...organisationIds].map(
  (organisationId, index): TenancyChange => ({
    organisationId,
    parentId: index === 0 ? null : operator,
    path: index === 0 ? `/${operator}/` : `/${operator}/${organisationId}/`,
    kind: index === 0 ? "INTERNAL" : "CUSTOMER",
    status: "ACTIVE",
    version: `${index + 1}`,
  }),
);

/** As an order does: held by a person of the organisation, taken by the effect of an event. */
const throughTheDomain = (database: Database): Pair => {
  const callers = new Map<string, ReturnType<typeof callerOf>>(
    organisationIds.map((org) => [org, callerOf(requestCaller({ org }, { deadline: Date.now() + 3_600_000 }))]),
  );
  return async (wallet) => {
    const caller = callers.get(wallet.organisationId);
    if (!caller) throw new Error("no caller");
    const hold = { ...wallet, kind: "ORDER", amount: AMOUNT, orderId: null, vmId: null } as const;
    const holdId = await database.write(caller, (tx) => placeHold(tx, { ...hold, description: "", at: new Date() }));
    const capture = { holdId, amount: AMOUNT, kind: "CAPTURE", description: "", releaseAs: "" } as const;
    await database.system("bench", (tx) => captureHold(tx, { ...capture, at: new Date() }));
  };
};

/** The same two functions, each a statement and a transaction of its own. */
const raw =
  (sql: postgres.Sql): Pair =>
  async ({ organisationId, walletId }) => {
    const holdId = newEventId();
    const at = new Date().toISOString();
    await sql`select place_hold(${holdId}, ${newEventId()}, ${organisationId}, ${walletId}, 'ORDER',
      ${AMOUNT.toString()}, null, null, '', ${at})`;
    await sql`select settle_hold(${holdId}, ${newEventId()}, ${newEventId()}, ${AMOUNT.toString()}, 'CAPTURE', '', '',
      ${at})`;
  };

/** Pairs a second over some connections; each takes the next of the wallets in turn. */
const measure = async (pair: Pair, wallets: readonly Wallet[]): Promise<number> => {
  const started = performance.now();
  let [next, done] = [0, 0];
  const lane = async () => {
    while (performance.now() - started < SECONDS * 1_000) {
      const wallet = wallets[next++ % wallets.length];
      if (wallet) await pair(wallet);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return done / ((performance.now() - started) / 1_000);
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Both in short turns, so that what else the machine does meets both. @returns medians. */
const compare = async (domain: Pair, functions: Pair, wallets: readonly Wallet[]) => {
  const rounds: { domain: number; functions: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pairs = { functions: await measure(functions, wallets), domain: await measure(domain, wallets) };
    if (round > 0) rounds.push(pairs); // the first warms up
  }
  return {
    domain: median(rounds.map((round) => round.domain)),
    functions: median(rounds.map((round) => round.functions)),
    ratio: median(rounds.map((round) => round.domain / round.functions)),
  };
};

/** Telemetry tells of a machine that runs. */
const addMachine = async (billing: Subgraph, organisationId: string): Promise<void> => {
  const vmId = randomUUID();
  const disks = [{ name: "vda", sizeBytes: 25n * 2n ** 30n, storage: "SSD" as const }];
  const payload: EventPayloads["vm.changed"] = {
    ...{ vmId, organisationId, name: "web", state: "RUNNING", vcpus: 1, memoryBytes: 2n ** 31n, disks },
    ...{ isCharged: true, at: new Date() },
  };
  const about = { type: "vm.changed", aggregateId: vmId, aggregateVersion: 1n, organisationId };
  await billing.inbox.receive({ ...about, id: newEventId(), occurredAt: new Date(), payload, sealed: null });
};

/** Statements between asking for an order and its answer, the outbox and the audit trail included. */
const statementsOfOrder = async (billing: Subgraph, org: string): Promise<number> => {
  const ask = async (document: string, input: object) => {
    const permissions = ["quote:read", "quote:create", "order:read", "order:place", "wallet:read"];
    const caller = requestCaller({ org, permissions });
    const variables = { input: { ...input, idempotencyKey: randomUUID() } };
    const { data } = await billing.execute({ document: parse(document), variables, caller });
    const { done } = data as { done: { id?: string } }; // as every document here asks
    if (!done.id) throw new Error(JSON.stringify(done));
    return done.id;
  };
  const vm = { name: "web", templateId: "01900000-0000-7000-8000-000000000001", image: "Debian 13" };
  const quoted = async () => {
    const problem = "... on Problem { message }";
    const quoteId = await ask(
      `mutation ($input: CreateQuoteInput!) { done: createQuote(input: $input) { ... on Quote { id } ${problem} } }`,
      { vm, interval: "MONTHLY" },
    );
    return ask(
      `mutation ($input: IssueQuoteInput!) { done: issueQuote(input: $input) { ... on Quote { id } ${problem} } }`,
      { quoteId },
    );
  };
  const document =
    "mutation ($input: OrderVmInput!) { done: orderVm(input: $input) { ... on Order { id } ... on Problem { message } } }";
  const quoteId = await quoted();
  return (await countStatements(() => ask(document, { quoteId }))).length;
};

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const addresses = databaseAddresses("billing", server.url, null, SECRET);
const billing = await Subgraph.create(billingSubgraph(), {
  addresses,
  connections: 4,
  masterSecret: SECRET,
  logger,
  tenancySource: { changes: async (after) => tree.filter(({ version }) => BigInt(version) > BigInt(after)) },
});
const database = new Database(addresses.login, { connections: CONNECTIONS, applicationName: "bench" });
const sql = postgres(addresses.login, { max: CONNECTIONS, connection: { "tollgate.path": "/" } });
try {
  await billing.start([billing.inbox]);
  await until(async () => (await billing.health()).every(({ ready }) => ready), 60_000);
  await seedBilling(billing, {
    priceLists: [demoPriceList(randomUUID(), operator, new Date(Date.now() - 86_400_000))],
    credits: organisationIds.map((organisationId) => ({
      organisationId,
      currency: "ZAR",
      minorUnits: 10n ** 12n,
      description: "For the benchmark",
      at: new Date(),
      idempotencyKey: "bench",
    })),
  });
  const wallets = await sql<Wallet[]>`
    select organisation_id as "organisationId", id as "walletId" from billing.wallet
     where organisation_id = any(${organisationIds}::uuid[])`;
  const [buyer = ""] = organisationIds;
  const first = await statementsOfOrder(billing, buyer);
  await addMachine(billing, buyer);
  const further = await statementsOfOrder(billing, buyer);
  const [domain, functions] = [throughTheDomain(database), raw(sql)];
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync, ${CONNECTIONS} connections`,
  );
  for (const [name, some] of [
    [`hold + capture over ${WALLETS} wallets`, wallets],
    ["hold + capture on one wallet", wallets.slice(0, 1)],
  ] as const) {
    const pairs = await compare(domain, functions, some);
    const ratio = pairs.ratio.toFixed(2);
    console.log(
      `${name.padEnd(36)}functions ${pairs.functions.toFixed(0)} pairs/s, domain ${pairs.domain.toFixed(0)} pairs/s, × ${ratio}`,
    );
  }
  console.log(`${"an order".padEnd(36)}${first} statements, ${further} beside machines that run`);
} finally {
  await sql.end({ timeout: 5 });
  await database.close();
  await billing.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

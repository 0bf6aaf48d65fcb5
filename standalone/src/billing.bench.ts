// npm run bench -- billing: holds and captures through the domain beside plain SQL, a hot wallet, and an order's statements.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { billingSubgraph, demoPriceList, seedBilling } from "@tollgate/billing";
import { countStatements, Database, databaseAddresses, newEventId, Receipts, Subgraph } from "@tollgate/kit";
import type { EventPayloads, TenancyChange } from "@tollgate/kit/protocol";
import { requestCaller, until } from "@tollgate/kit/testing";
import { parse } from "graphql";
import { pino } from "pino";
import postgres from "postgres";
import { chargingFigures } from "./bench/billing-charging.js";
import { invoicingFigures } from "./bench/billing-invoices.js";
import { waysToOrder } from "./bench/billing-orders.js";
import {
  byFunctions,
  byPeople,
  byPeopleTogether,
  byStatements,
  inTurns,
  lineOf,
  median,
  type PaidWallet,
  throughTheDomain,
} from "./bench/billing-pairs.js";
import { waysToBegin } from "./bench/billing-provisioning.js";
import { startEmbeddedPostgres } from "./postgres/index.js";

const CONNECTIONS = 16;
/** Writers on one hot wallet, more than there are connections. */
const WRITERS = 64;
const WALLETS = 1_000;
const SECRET = "of a database that is gone with this run";
const logger = pino({ level: "warn" });

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

/** An order, and the statements between asking for it and its answer, the outbox and the audit trail included. */
const orderOf = async (billing: Subgraph, org: string): Promise<{ orderId: string; statements: number }> => {
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
  let orderId = "";
  const statements = await countStatements(async () => {
    orderId = await ask(document, { quoteId });
  });
  return { orderId, statements: statements.length };
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
const owner = postgres(addresses.migrator, { max: CONNECTIONS, connection: { "tollgate.path": "/" } });
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
  const wallets = await sql<PaidWallet[]>`
    select organisation_id as "organisationId", id as "walletId" from billing.wallet
     where organisation_id = any(${organisationIds}::uuid[])`;
  const [buyer = ""] = organisationIds;
  const first = await orderOf(billing, buyer);
  await addMachine(billing, buyer);
  const further = await orderOf(billing, buyer);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, PostgreSQL 18 with fsync, ${CONNECTIONS} connections`,
  );
  const ways = {
    statements: byStatements(owner),
    functions: byFunctions(sql),
    domain: throughTheDomain(database),
  };
  const spread = await inTurns(ways, wallets, CONNECTIONS);
  console.log(`hold + capture over ${WALLETS} wallets, ${CONNECTIONS} writers`);
  console.log(`  statements ${median(spread.map(({ statements }) => statements)).toFixed(0)} pairs/s`);
  console.log(`  functions  ${lineOf(spread, "functions", "statements")}`);
  console.log(`  domain     ${lineOf(spread, "domain", "statements")}; ${lineOf(spread, "domain", "functions")}`);
  const one = {
    statements: byStatements(owner),
    oneByOne: byPeople(database, false),
    lane: byPeople(database, true),
    together: byPeopleTogether(database),
  };
  const hot = await inTurns(one, wallets.slice(0, 1), WRITERS);
  console.log(`hold + capture on one wallet, ${WRITERS} writers`);
  console.log(`  statements ${median(hot.map(({ statements }) => statements)).toFixed(0)} pairs/s`);
  console.log(`  one by one ${lineOf(hot, "oneByOne", "statements")}`);
  console.log(`  in a lane  ${lineOf(hot, "lane", "oneByOne")}; ${lineOf(hot, "lane", "statements")}`);
  console.log(`  together   ${lineOf(hot, "together", "oneByOne")}; ${lineOf(hot, "together", "statements")}`);
  const orders = await waysToOrder(database, owner, new Receipts(SECRET), { ...first, organisationId: buyer });
  const ordered = await inTurns(orders, wallets.slice(0, 1), WRITERS);
  console.log(`orders on one wallet beside a machine that runs, ${WRITERS} writers`);
  console.log(`  one by one ${median(ordered.map(({ oneByOne }) => oneByOne)).toFixed(0)} orders/s`);
  console.log(`  in a lane  ${lineOf(ordered, "lane", "oneByOne", "orders")}`);
  console.log(`  together   ${lineOf(ordered, "together", "oneByOne", "orders")}`);
  const begins = await waysToBegin(database, owner, first.orderId, wallets);
  const begun = await inTurns(begins, wallets, WRITERS);
  console.log(`news that machines run, over ${WALLETS} wallets, ${WRITERS} at once`);
  console.log(`  one by one ${median(begun.map(({ oneByOne }) => oneByOne)).toFixed(0)} machines/s`);
  console.log(`  together   ${lineOf(begun, "together", "oneByOne", "machines")}`);
  console.log(`${"an order".padEnd(36)}${first.statements} statements, ${further.statements} beside machines that run`);
  for (const line of await chargingFigures(server.url, SECRET)) console.log(line);
  for (const line of await invoicingFigures(server.url, SECRET)) console.log(line);
} finally {
  await Promise.all([sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
  await database.close();
  await billing.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

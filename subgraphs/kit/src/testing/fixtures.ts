import { randomUUID } from "node:crypto";
import { parse } from "graphql";
import { pino } from "pino";
import { refuseForgottenRecords } from "../audit/mutations.js";
import { databaseAddresses } from "../database/addresses.js";
import type { AccessClaims, OrganisationKind, RequestCaller } from "../protocol/caller.js";
import type { EventSink } from "../protocol/event.js";
import type { SubgraphResponse } from "../protocol/subgraph.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";
import type { SubgraphDefinition } from "../subgraph/definition.js";
import { Subgraph } from "../subgraph/subgraph.js";
import { createDatabase, TEST_SECRET } from "./databases.js";

// Wherever tests are: a mutation that changes something and records nothing is a mistake.
refuseForgottenRecords();

/** The tree that tests stand in: an operator, two resellers, and customers below them. */
export interface TestTree {
  operator: string;
  reseller: string;
  customer: string;
  sibling: string;
  otherReseller: string;
  otherCustomer: string;
  source: TenancySource;
  /** Changes an organisation's status, as suspending it does. */
  setStatus(organisationId: string, status: TenancyChange["status"]): TenancyChange;
}

export const testTree = (): TestTree => {
  const [operator, reseller, customer, sibling, otherReseller, otherCustomer] = Array.from({ length: 6 }, () =>
    randomUUID(),
  );
  let version = 0;
  const rows = new Map<string, TenancyChange>();
  const add = (organisationId = "", parentId: string | null, kind: OrganisationKind) => {
    const above = parentId === null ? "/" : rows.get(parentId)?.path;
    version += 1;
    rows.set(organisationId, {
      organisationId,
      parentId,
      path: `${above}${organisationId}/`,
      kind,
      status: "ACTIVE",
      version: `${version}`,
    });
    return organisationId;
  };
  return {
    operator: add(operator, null, "INTERNAL"),
    reseller: add(reseller, operator ?? null, "RESELLER"),
    customer: add(customer, reseller ?? null, "CUSTOMER"),
    sibling: add(sibling, reseller ?? null, "CUSTOMER"),
    otherReseller: add(otherReseller, operator ?? null, "RESELLER"),
    otherCustomer: add(otherCustomer, otherReseller ?? null, "CUSTOMER"),
    source: {
      changes: async (after) => [...rows.values()].filter((row) => BigInt(row.version) > BigInt(after)),
    },
    setStatus: (organisationId, status) => {
      const row = rows.get(organisationId);
      if (!row) throw new Error("unknown organisation");
      version += 1;
      const changed = { ...row, status, version: `${version}` };
      rows.set(organisationId, changed);
      return changed;
    },
  };
};

/** A caller as the gateway would hand it over. */
export const requestCaller = (
  claims: Partial<AccessClaims> | null,
  rest: Partial<RequestCaller> = {},
): RequestCaller => ({
  requestId: randomUUID(),
  claims: claims && {
    sub: randomUUID(),
    sid: randomUUID(),
    org: randomUUID(),
    kind: "CUSTOMER",
    permissions: [],
    permissionsVersion: 1,
    exp: Math.floor(Date.now() / 1000) + 900,
    ...claims,
  },
  narrowedOrganisationId: null,
  address: "127.0.0.1",
  userAgent: "tests",
  refreshToken: null,
  locale: "en-ZA",
  deadline: Date.now() + 10_000,
  minimumTenancyVersion: null,
  ...rest,
});

/** A subgraph on a fresh database with its migrations and laws, started, with ways to ask it. */
export class TestSubgraph {
  private constructor(
    readonly subgraph: Subgraph,
    readonly databaseUrl: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(
    serverUrl: string,
    definition: SubgraphDefinition,
    tenancySource: TenancySource | null,
    sinks: readonly EventSink[] = [],
  ): Promise<TestSubgraph> {
    const { url, drop } = await createDatabase(serverUrl, [definition]);
    return new TestSubgraph(await begun(url, definition, tenancySource, sinks), url, drop);
  }

  /** Stops it and starts it on the same database, as after a deployment. */
  async again(definition: SubgraphDefinition, tenancySource: TenancySource | null): Promise<TestSubgraph> {
    await this.subgraph.stop();
    return new TestSubgraph(await begun(this.databaseUrl, definition, tenancySource, []), this.databaseUrl, this.drop);
  }

  execute(document: string, variables: Record<string, unknown>, caller: RequestCaller): Promise<SubgraphResponse> {
    return this.subgraph.execute({ document: parse(document), variables, caller });
  }

  subscribe(document: string, variables: Record<string, unknown>, caller: RequestCaller) {
    return this.subgraph.subscribe({ document: parse(document), variables, caller });
  }

  async stop(): Promise<void> {
    await this.subgraph.stop();
    await this.drop();
  }
}

const begun = async (
  url: string,
  definition: SubgraphDefinition,
  tenancySource: TenancySource | null,
  sinks: readonly EventSink[],
): Promise<Subgraph> => {
  const subgraph = await Subgraph.create(definition, {
    addresses: databaseAddresses(definition.name, url, null, TEST_SECRET),
    connections: 6,
    masterSecret: TEST_SECRET,
    logger: pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" }),
    tenancySource,
  });
  await subgraph.start([subgraph.inbox, ...sinks]);
  await until(async () => (await subgraph.health()).every((check) => check.ready));
  return subgraph;
};

/** Waits for a condition, not for a time; gives up after 10 s with the condition's own text. */
export const until = async (condition: () => Promise<boolean> | boolean, milliseconds = 10_000): Promise<void> => {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

declare module "vitest" {
  interface ProvidedContext {
    /** The server of the test run, as its administrator. */
    postgresUrl: string;
  }
}

import { randomUUID } from "node:crypto";
import { databaseAddresses, newEventId, Sealer, Subgraph } from "@tollgate/kit";
import { createLogger } from "@tollgate/kit/process";
import type { DeliveredEvent, EventPayloads, OrganisationNamed } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { organisationsSubgraph, seedOrganisations } from "../index.js";
import { inviteFirstOperator } from "../invitations/first-operator.js";

const told: OrganisationNamed[] = [];
const billing = {
  name: "billing",
  accepts: (type: string) => type === "organisation.named",
  receive: async ({ payload }: DeliveredEvent) => void told.push(payload as OrganisationNamed), // it takes no others
};

const start = () => TestSubgraph.start(inject("postgresUrl"), organisationsSubgraph(), null, [billing]);
const hears = (name: string, version = "1") =>
  until(() => told.some((named) => named.name === name && named.version === version));

describe("a name", () => {
  let graph: TestSubgraph;
  beforeAll(async () => {
    graph = await start();
  });
  afterAll(() => graph.stop());

  const rootId = async (): Promise<string> => {
    const [root] = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ organisation_id: string }[]>`select organisation_id from organisation where parent_id is null`,
    );
    return root?.organisation_id ?? "";
  };

  const change = async (org: string, document: string): Promise<void> => {
    const permissions = ["organisation:read", "organisation:create", "organisation:update"];
    const { errors } = await graph.execute(document, {}, requestCaller({ org, kind: "INTERNAL", permissions }));
    expect(errors).toBeUndefined();
  };

  it("is told of the first operator, of who signs up and of who is added below", async () => {
    await graph.subgraph.database.system("test", (tx) =>
      inviteFirstOperator(
        tx,
        { name: "Cape Clouds", email: "founder@example.com" },
        new Sealer(TEST_SECRET, "events"),
        new Date(),
      ),
    );
    graph.subgraph.wakeRelay();
    await hears("Cape Clouds");
    const [userId, organisationId] = [randomUUID(), randomUUID()];
    const payload: EventPayloads["user.registered"] = {
      userId,
      organisationId,
      origin: { kind: "SIGN_UP", organisationName: "  Signed Up " },
    };
    const about = { type: "user.registered", aggregateId: userId, aggregateVersion: 1n, organisationId, sealed: null };
    await graph.subgraph.inbox.receive({ id: newEventId(), occurredAt: new Date(), payload, ...about });
    await hears("Signed Up");
    await change(
      await rootId(),
      `mutation { createOrganisation(input: { name: "Added", kind: CUSTOMER, idempotencyKey: "${randomUUID()}" }) {
        __typename } }`,
    );
    await hears("Added");
  });

  it("is told again when it changes, as a newer one; and not where it stays", async () => {
    const id = await rootId();
    const rename = (name: string) =>
      change(id, `mutation { renameOrganisation(input: { organisationId: "${id}", name: "${name}" }) { __typename } }`);
    await rename("Karoo Clouds");
    await rename("Karoo Clouds");
    await rename("Namib Clouds");
    await hears("Namib Clouds", "3");
    const names = told.filter(({ organisationId }) => organisationId === id).map(({ name }) => name);
    expect(names).toEqual(["Cape Clouds", "Karoo Clouds", "Namib Clouds"]);
  });
});

describe("names of organisations that are older than the telling", () => {
  const operator = randomUUID();
  const OLDER = 1_100;
  let graph: TestSubgraph;
  beforeAll(async () => {
    graph = await start();
    await seedOrganisations(graph.subgraph, {
      organisations: [{ id: operator, parentId: null, name: "Told before", kind: "INTERNAL" }],
      members: [],
    });
    await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`insert into organisation (organisation_id, parent_id, name, kind, depth)
        select gen_random_uuid(), ${operator}, 'Older ' || nth, 'CUSTOMER', 1 from generate_series(1, ${OLDER}) nth`,
    );
  });
  afterAll(() => graph.stop());

  /** What was ever told, by version. */
  const tellings = () =>
    graph.subgraph.database.system("test", async (tx) => {
      const rows = await tx.sql<{ version: string; times: number; organisations: number }[]>`
        select payload->>'version' as version, count(*)::int as times, count(distinct aggregate_id)::int as organisations
          from outbox where type = 'organisation.named' group by 1`;
      return rows.map((row) => ({ ...row }));
    });

  /** Another process on the same database comes and goes. */
  const another = async (): Promise<void> => {
    const process = await Subgraph.create(organisationsSubgraph(), {
      addresses: databaseAddresses("organisations", graph.databaseUrl, null, TEST_SECRET),
      connections: 3,
      masterSecret: TEST_SECRET,
      logger: createLogger("organisations", "silent"),
      tenancySource: null,
    });
    await process.start([]);
    await until(async () => (await process.health()).every(({ ready }) => ready));
    await process.stop();
  };

  it("are told by the processes that start next, each once", async () => {
    await Promise.all([another(), another()]);
    const once = [{ version: "1", times: OLDER + 1, organisations: OLDER + 1 }];
    expect(await tellings()).toEqual(once);
    await another();
    expect(await tellings()).toEqual(once);
  });

  it("are told once more each night, as they are", async () => {
    await graph.subgraph.runJob("retell-names");
    expect(await tellings()).toEqual([{ version: "1", times: 2 * (OLDER + 1), organisations: OLDER + 1 }]);
  });
});

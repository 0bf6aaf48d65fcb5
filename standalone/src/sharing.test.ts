import { randomUUID } from "node:crypto";
import type { RequestCaller, SubgraphResponse } from "@tollgate/kit/protocol";
import { PERMISSIONS } from "@tollgate/organisations";
import { type GraphQLField, type GraphQLSchema, getNamedType, isObjectType, isUnionType, parse } from "graphql";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import type { SubgraphName } from "./graph/names.js";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let operator: Person;
let caller: RequestCaller;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  operator = await tollgate.signIn("operator");
  const { data } = await operator.ask("{ me { organisation { id } } }");
  const permissions = PERMISSIONS.map(({ key }) => key);
  caller = {
    requestId: randomUUID(),
    claims: null,
    scope: { org: data.me.organisation.id, kind: "INTERNAL", permissions },
    narrowedOrganisationId: null,
    address: "-",
    userAgent: "-",
    refreshToken: null,
    locale: null,
    deadline: Date.now() + 60_000,
    minimumTenancyVersion: null,
  };
});
afterAll(() => tollgate.stop());

const isPerPerson = (field: GraphQLField<unknown, unknown>): boolean =>
  (field.astNode?.directives ?? []).some(({ arguments: given }) =>
    given?.some(({ value }) => value.kind === "StringValue" && value.value === "per-person"),
  );

/** All fields of a type that need no arguments and depend on nobody, some levels deep. */
const selectionOf = (schema: GraphQLSchema, typeName: string, depth: number): string => {
  const type = schema.getType(typeName);
  if (isUnionType(type)) {
    const parts = type.getTypes().map((one) => `... on ${one.name} ${selectionOf(schema, one.name, depth)}`);
    return `{ __typename ${parts.join(" ")} }`;
  }
  if (!isObjectType(type)) return "";
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const needsArguments = field.args.some((one) => one.defaultValue === undefined && String(one.type).endsWith("!"));
    if (needsArguments || isPerPerson(field)) return [];
    const result = getNamedType(field.type);
    const isLeaf = !isObjectType(result) && !isUnionType(result);
    if (isLeaf) return "getFields" in result ? [] : [field.name];
    return depth === 0 ? [] : [`${field.name} ${selectionOf(schema, result.name, depth - 1)}`];
  });
  return `{ __typename ${fields.join(" ")} }`;
};

/** The first event of a subscription that is asked in the name of nobody in particular. */
const firstOf = async (name: SubgraphName, query: string): Promise<SubgraphResponse> => {
  const events = tollgate.tollgate.subgraphs[name].subscribe({ document: parse(query), caller });
  const { value } = await events.next();
  await events.return?.();
  return value;
};

const changed = async (person: Person, mutation: string, input: Record<string, unknown>): Promise<string> => {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) {
    __typename ... on Problem { message } ${mutation === "createWhatsAppSession" ? "... on WhatsAppSession { id }" : ""} } }`;
  const { data, errors } = await person.ask(query, { input });
  expect(errors ?? [], mutation).toEqual([]);
  expect(data[mutation].message).toBeUndefined();
  return data[mutation].id;
};

const untilState = async (
  states: AsyncIterator<SubgraphResponse>,
  name: string,
): Promise<{ __typename: string; code?: string }> => {
  for (;;) {
    const { value } = await states.next();
    const state = value.data.whatsappSession;
    if (state.__typename === name) return state;
  }
};

/** Somebody writes to a session of the operator's, so that there is something to tell of. @returns the session's id. */
const beWrittenTo = async (): Promise<string> => {
  const named = { name: "Reception", driver: "SIMULATED", idempotencyKey: randomUUID() };
  const sessionId = await changed(operator, "createWhatsAppSession", named);
  const states = tollgate.tollgate.subgraphs.messaging.subscribe({
    document: parse(`subscription { whatsappSession(id: "${sessionId}") { __typename
      ... on WhatsAppPairingCodeReady { code } } }`),
    caller,
  });
  await changed(operator, "pairWhatsApp", { sessionId, phone: "+27821230001" });
  const { code } = await untilState(states, "WhatsAppPairingCodeReady");
  await changed(operator, "scanWithSimulatedPhone", { sessionId, code });
  await untilState(states, "WhatsAppConnected");
  await states.return?.();
  const message = { sessionId, from: "+27821230002", text: "Hello", idempotencyKey: randomUUID() };
  await changed(operator, "simulateInboundMessage", message);
  return sessionId;
};

describe("the live subscriptions", () => {
  it("answer each, in all that does not depend on the person, to nobody in particular", async () => {
    const sessionId = await beWrittenTo();
    await changed(operator, "setSetting", { key: "mfa.rememberDeviceDays", value: 1 });
    const { data } = await operator.ask("{ organisation { wallet { id } } orders(first: 1) { nodes { id } } }");
    const given: Record<string, string> = {
      walletChanged: `walletId: "${data.organisation.wallet.id}"`,
      whatsappSession: `id: "${sessionId}"`,
      provisioningProgress: `orderId: "${data.orders.nodes[0]?.id ?? randomUUID()}"`,
    };
    const asked: string[] = [];
    for (const [name, { schema }] of Object.entries(tollgate.tollgate.subgraphs)) {
      for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
        if (isPerPerson(field)) continue;
        const replays = field.args.some((argument) => argument.name === "after");
        const argument = replays ? 'after: "0"' : (given[field.name] ?? "");
        const selection = selectionOf(schema, getNamedType(field.type).name, 2);
        const query = `subscription { ${field.name}${argument && `(${argument})`} ${selection} }`;
        const first = await firstOf(name as SubgraphName, query); // a key of the record of subgraphs
        asked.push(field.name);
        expect(first.extensions?.perPerson, query).toBeUndefined();
        const isThere = field.name !== "provisioningProgress" || data.orders.nodes.length > 0;
        expect(first.errors?.map(({ extensions }) => extensions?.["code"]) ?? [], query).toEqual(
          isThere ? [] : ["NOT_FOUND"],
        );
      }
    }
    expect(asked).toEqual(
      expect.arrayContaining(["walletChanged", "vmSamples", "fleetPulse", "vmStateChanged", "messageAdded"]),
    );
  });

  it("have one upstream for two who ask the same and may see the same, also where the subgraph is another server", async () => {
    const query = "subscription { fleetPulse { at fleet { machines } } }";
    const clients = [await tollgate.signIn("operator"), operator].map(({ url, token }) =>
      createClient({
        url: `${url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      }),
    );
    const [first, second] = clients.map((client) => client.iterate({ query }));
    for (const events of [first, second]) {
      expect((await events?.next())?.value.data).toMatchObject({
        fleetPulse: { fleet: { machines: expect.any(Number) } },
      });
    }
    const metrics = await (await fetch(`${tollgate.url}/metrics`)).text();
    expect(/^tollgate_upstreams (\d+)$/m.exec(metrics)?.[1]).toBe("1");
    await Promise.all(clients.map(async (client) => client.dispose()));
  });
});

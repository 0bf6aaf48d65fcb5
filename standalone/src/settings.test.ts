import { until } from "@tollgate/kit/testing";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { type Answer, type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let operator: Person;
let reseller: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  operator = await tollgate.signIn("operator");
  reseller = await tollgate.signIn("reseller");
});
afterAll(() => tollgate.stop());

const set = async (key: string, value: unknown): Promise<void> => {
  const { data } = await operator.ask(
    "mutation ($input: SetSettingInput!) { setSetting(input: $input) { ... on Setting { value } ... on Problem { message } } }",
    { input: { key, value } },
  );
  expect(data.setSetting).toEqual({ value });
};

const reset = (key: string): Promise<Answer> =>
  operator.ask("mutation ($input: ResetSettingInput!) { resetSetting(input: $input) { __typename } }", {
    input: { key },
  });

/** What billing and messaging, which only hear of settings, go by for the reseller. */
const inUse = async () => {
  const { data } = await reseller.ask(
    `query ($vm: VmConfigInput!) { canProvision(input: { vm: $vm }) { runwayHours } organisation { whatsapp { sessionLimit } } }`,
    { vm: await small() },
  );
  return { runwayHours: data.canProvision.runwayHours, sessions: data.organisation.whatsapp.sessionLimit };
};

const small = async () => {
  const { data } = await reseller.ask("{ vmTemplates { id name } }");
  const { id } = data.vmTemplates.find(({ name }: { name: string }) => name === "small");
  return { name: "settings", templateId: id, image: "Debian 13" };
};

describe("a setting of the platform, over all subgraphs", () => {
  it("counts for everybody below in every part of Tollgate without a restart, until it is taken back", async () => {
    expect(await inUse()).toEqual({ runwayHours: 720, sessions: 1 });
    await set("billing.runwayHours", 100);
    await set("whatsapp.sessions", 3);
    await until(async () => {
      const { runwayHours, sessions } = await inUse();
      return runwayHours === 100 && sessions === 3;
    }, 20_000);
    await reset("billing.runwayHours");
    await reset("whatsapp.sessions");
    await until(async () => (await inUse()).runwayHours === 720, 20_000);
  });

  it("reaches whoever watches it at an organisation below, through the gateway", async () => {
    const client = createClient({
      url: `${tollgate.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${reseller.token}` },
    });
    const events = client.iterate<{ settingChanged: unknown }>({
      query: `subscription { settingChanged(keys: ["mfa.rememberDeviceDays"]) {
        organisation { name } setting { value source inheritedFrom { name } } } }`,
    });
    const next = events.next();
    const seen: unknown[] = [];
    void next.then(({ value }) => seen.push(value?.data?.settingChanged));
    // Whatever is written before the stream is open it need not show: so it is written until it does.
    for (let days = 1; seen.length === 0; days = (days % 90) + 1) {
      await set("mfa.rememberDeviceDays", days);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { data } = await reseller.ask("{ organisation { name } }");
    expect(seen[0]).toMatchObject({
      organisation: { name: data.organisation.name },
      setting: { value: expect.any(Number), source: "PLATFORM", inheritedFrom: null },
    });
    await client.dispose();
  });
});

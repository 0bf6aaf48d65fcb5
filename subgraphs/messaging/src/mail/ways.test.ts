import { SettingKeys } from "@tollgate/kit";
import { TEST_SECRET, TestSubgraph, tellSetting, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { messagingSubgraph } from "../index.js";
import { codeMail } from "../testing/arrange.js";
import { startSmtpServer } from "../testing/smtp-server.js";

const tree = testTree();
const keys = new SettingKeys([TEST_SECRET]);
const servers = await Promise.all([startSmtpServer(), startSmtpServer()]);
const [first, second] = servers;
let messaging: TestSubgraph;

const set = async (url: string | undefined): Promise<void> => {
  const sealed = url === undefined ? {} : keys.seal(url, tree.operator, "mail.smtpUrl");
  await tellSetting(messaging.subgraph, tree.operator, "mail.smtpUrl", url === undefined ? undefined : null, sealed);
};

const isReady = async () => (await messaging.subgraph.health()).find(({ name }) => name === "messaging.mail")?.ready;

const send = async () => {
  const asked = codeMail({ expiresAt: new Date(Date.now() + 300_000) });
  await messaging.subgraph.inbox.receive(asked.event);
  return asked;
};

beforeAll(async () => {
  vi.stubEnv("SMTP_URL", first.url);
  const definition = messagingSubgraph({ smtpUrl: null, mailFrom: null, mailbox: false });
  messaging = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});
afterAll(async () => {
  await messaging.stop();
  await Promise.all(servers.map((server) => server.close()));
});

describe("the way of mails", () => {
  it("is the environment's, then the platform's setting as it is at the time; without one mails wait", async () => {
    await set(second.url);
    const early = await send();
    await until(() => first.received.some(({ to }) => to === early.to));
    expect(second.received).toHaveLength(0);

    vi.unstubAllEnvs();
    await tellSetting(messaging.subgraph, tree.operator, "mail.from", "Cloud <hello@cloud.example>");
    const next = await send();
    await until(() => second.received.some(({ to }) => to === next.to));
    expect(second.received[0]?.from).toBe("hello@cloud.example");

    await set(undefined);
    await until(async () => (await isReady()) === false);
    const waiting = await send();
    await set(first.url);
    await until(() => first.received.some(({ to }) => to === waiting.to));
    expect(await isReady()).toBe(true);
    expect(second.received).toHaveLength(1);
  });
});

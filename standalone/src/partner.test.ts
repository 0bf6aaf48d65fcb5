import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { FollowWalletDocument, MeDocument, Tollgate, TollgateError, WalletsDocument } from "@tollgate/client";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Person, TestTollgate } from "./testing/tollgate.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

let tollgate: TestTollgate;
let reseller: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  reseller = await tollgate.signIn("reseller");
});
afterAll(() => tollgate.stop());

interface Ended {
  code: number | null;
  written: string;
  complaints: string;
}

/** Runs one of `schema/examples/` from its source, as a partner would run it. */
const runExample = (
  name: string,
  shown: { token?: string | null; apiKey?: string },
  ...args: string[]
): Promise<Ended> => {
  const child = spawn(
    process.execPath,
    ["--conditions=tollgate-src", "--import", "tsx", `schema/examples/${name}`, ...args],
    {
      cwd: root,
      env: {
        ...process.env,
        TSX_TSCONFIG_PATH: `${root}/tsconfig.base.json`,
        TOLLGATE_URL: tollgate.url,
        TOLLGATE_TOKEN: shown.token ?? "",
        TOLLGATE_API_KEY: shown.apiKey ?? "",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let written = "";
  let complaints = "";
  child.stdout.on("data", (part) => {
    written += part;
  });
  child.stderr.on("data", (part) => {
    complaints += part;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, written, complaints }));
  });
};

describe("the examples of the partner client", { timeout: 90_000 }, () => {
  it("report the fleet and the wallets of an estate", async () => {
    const { code, written, complaints } = await runExample("fleet-and-wallets.ts", { token: reseller.token });
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    const { data } = await reseller.ask(`{ organisation { name fleet { machines running } }
      wallets(first: 100) { nodes { organisation { name } } } }`);
    const { name, fleet } = data.organisation;
    expect(written.split("\n")[0]).toBe(name);
    expect(written).toContain(`Machines: ${fleet.machines}, ${fleet.running} of them running`);
    expect(data.wallets.nodes.length).toBeGreaterThan(1);
    for (const { organisation } of data.wallets.nodes)
      expect(written).toMatch(new RegExp(`^  ${organisation.name}: R[\\d\\s,.]+ available, `, "m"));
  });

  it("follow the samples of running machines", async () => {
    const { code, written, complaints } = await runExample("follow-samples.ts", { token: reseller.token }, "2");
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    const lines = written.trim().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\S+Z .+: CPU (unknown|[\d.]+ %), memory (unknown|\d+ %)$/);
    expect(written).toMatch(/CPU [\d.]+ %, memory \d+ %/);
  });

  it.each(["fleet-and-wallets.ts", "follow-samples.ts"])("say that the token is no good (%s)", async (name) => {
    const { code, complaints } = await runExample(name, { token: "no-token" });
    expect(code).toBe(1);
    expect(complaints).toContain("UNAUTHENTICATED");
  });

  it("say what they lack when nothing tells who asks", async () => {
    const { code, complaints } = await runExample("fleet-and-wallets.ts", {});
    expect(code).toBe(1);
    expect(complaints).toContain("Set TOLLGATE_TOKEN or TOLLGATE_API_KEY");
  });
});

const REPORTS = ["organisation:read", "usage:read", "vm:read", "wallet:read"];

/** A key of the reseller, as its own people make one. */
const makeKey = async (permissions: readonly string[], rest: Record<string, unknown> = {}) => {
  const { data } = await reseller.ask(
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
      ... on ApiKeySecret { secret apiKey { id } } ... on Problem { message } } }`,
    { input: { name: "Partner", permissions, idempotencyKey: randomUUID(), ...rest } },
  );
  return data.createApiKey as { secret: string; apiKey: { id: string } };
};
const revoke = (apiKeyId: string) =>
  reseller.ask("mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { __typename } }", { id: apiKeyId });
const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("an API key", { timeout: 90_000 }, () => {
  const client = (apiKey: string) => new Tollgate({ url: tollgate.url, credentials: { apiKey } });

  it.each([
    { name: "fleet-and-wallets.ts", args: [] },
    { name: "follow-samples.ts", args: ["1"] },
  ])("is all that $name needs", async ({ name, args }) => {
    const { secret } = await makeKey(REPORTS);
    const { code, complaints, written } = await runExample(name, { apiKey: secret }, ...args);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    expect(written.length).toBeGreaterThan(0);
  });

  it("reads what its permissions allow, and nothing else", async () => {
    const { secret } = await makeKey(["organisation:read"]);
    expect(await client(secret).query(MeDocument)).toEqual({ me: null });
    expect(await failure(client(secret).query(WalletsDocument))).toMatchObject({ code: "FORBIDDEN" });
  });

  it("is turned away from an address that it is not for, and the trail of its organisation tells", async () => {
    const { secret, apiKey } = await makeKey(REPORTS, { allowedAddresses: ["192.0.2.0/24"] });
    expect(await failure(client(secret).query(WalletsDocument))).toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("address"),
    });
    const trail = `query { auditEntries(first: 50, filter: { outcome: [REFUSED] }) { nodes { action actorKind resourceId address } } }`;
    await until(async () => {
      const { data } = await reseller.ask(trail);
      const found = data.auditEntries.nodes.find((entry: { resourceId: string }) => entry.resourceId === apiKey.id);
      return found?.actorKind === "API_KEY" && found.action === "apiKey:use";
    }, 30_000);
  });

  it("has a rate of its own", async () => {
    const { secret } = await makeKey(REPORTS, { requestsPerMinute: 1 });
    const ask = () => new Person(tollgate.url, null).ask("{ wallets { nodes { id } } }", {}, { "x-api-key": secret });
    expect((await ask()).errors).toBeUndefined();
    expect((await ask()).errors?.[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterSeconds: expect.any(Number),
    });
  });

  it("follows a wallet until it is revoked: then the stream ends and nothing is answered any more", async () => {
    const { secret, apiKey } = await makeKey(REPORTS);
    const partner = client(secret);
    try {
      const { wallets } = await partner.query(WalletsDocument, { first: 1 });
      const walletId = wallets?.nodes[0]?.id ?? "";
      const stream = partner.follow(FollowWalletDocument, { walletId });
      expect((await stream.next()).value).toMatchObject({ walletChanged: { id: walletId } });
      await revoke(apiKey.id);
      expect(await failure(stream.next())).toMatchObject({ code: "UNAUTHENTICATED" });
      expect(await failure(partner.query(WalletsDocument))).toMatchObject({ code: "UNAUTHENTICATED" });
    } finally {
      await partner.close();
    }
  });
});

describe("the partner client", { timeout: 60_000 }, () => {
  it("follows a wallet beyond the end of its session, with a new token", async () => {
    let token = (await tollgate.signIn("reseller")).token ?? "";
    const refusals: string[] = [];
    const source = async (refused: string | null) => {
      if (refused === null) return token;
      refusals.push(refused);
      token = (await tollgate.signIn("reseller")).token ?? "";
      return token;
    };
    const client = new Tollgate({ url: tollgate.url, credentials: { token: source } });
    const first = token;
    try {
      const { wallets } = await client.query(WalletsDocument, { first: 1 });
      const walletId = wallets?.nodes[0]?.id ?? "";
      const stream = client.follow(FollowWalletDocument, { walletId });
      expect((await stream.next()).value).toMatchObject({ walletChanged: { id: walletId } });
      await new Person(tollgate.url, first).ask("mutation { signOut { __typename } }");
      expect((await stream.next()).value).toMatchObject({ walletChanged: { id: walletId } });
      expect(refusals).toEqual([first]);
      await stream.return(undefined);
    } finally {
      await client.close();
    }
  });

  it("narrows to one organisation of the estate, and gets the graph's refusal for one outside", async () => {
    const { data } = await reseller.ask("{ organisation { estate(first: 2) { nodes { id name } } } }");
    const below = data.organisation.estate.nodes[1];
    const operator = await tollgate.signIn("operator");
    const { data: above } = await operator.ask("{ organisation { id } }");
    const narrowedTo = (organisationId: string) =>
      new Tollgate({ url: tollgate.url, credentials: { token: reseller.token ?? "" }, organisationId });
    const { wallets } = await narrowedTo(below.id).query(WalletsDocument);
    const owners = new Set(wallets?.nodes.map(({ organisation }) => organisation?.name));
    expect([...owners]).toEqual([below.name]);
    const refused = await narrowedTo(above.organisation.id)
      .query(WalletsDocument)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TollgateError);
    expect(refused).toMatchObject({ code: "FORBIDDEN", requestId: expect.any(String) });
  });

  it("knows who it is", async () => {
    const client = new Tollgate({ url: tollgate.url, credentials: { token: reseller.token ?? "" } });
    const { me } = await client.query(MeDocument);
    expect(me?.organisation?.kind).toBe("RESELLER");
  });
});

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FollowWalletDocument, MeDocument, Tollgate, TollgateError, WalletsDocument } from "@tollgate/client";
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
const runExample = (name: string, token: string | null, ...args: string[]): Promise<Ended> => {
  const child = spawn(
    process.execPath,
    ["--conditions=tollgate-src", "--import", "tsx", `schema/examples/${name}`, ...args],
    {
      cwd: root,
      env: {
        ...process.env,
        TSX_TSCONFIG_PATH: `${root}/tsconfig.base.json`,
        TOLLGATE_URL: tollgate.url,
        TOLLGATE_TOKEN: token ?? "",
        TOLLGATE_API_KEY: "",
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
    const { code, written, complaints } = await runExample("fleet-and-wallets.ts", reseller.token);
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
    const { code, written, complaints } = await runExample("follow-samples.ts", reseller.token, "2");
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    const lines = written.trim().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\S+Z .+: CPU (unknown|[\d.]+ %), memory (unknown|\d+ %)$/);
    expect(written).toMatch(/CPU [\d.]+ %, memory \d+ %/);
  });

  it.each(["fleet-and-wallets.ts", "follow-samples.ts"])("say that the token is no good (%s)", async (name) => {
    const { code, complaints } = await runExample(name, "no-token");
    expect(code).toBe(1);
    expect(complaints).toContain("UNAUTHENTICATED");
  });

  it("say what they lack when nothing tells who asks", async () => {
    const { code, complaints } = await runExample("fleet-and-wallets.ts", null);
    expect(code).toBe(1);
    expect(complaints).toContain("Set TOLLGATE_TOKEN or TOLLGATE_API_KEY");
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
    expect(wallets?.nodes.map(({ organisation }) => organisation?.name)).toEqual([below.name]);
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

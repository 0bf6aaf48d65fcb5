import { pino } from "pino";
import { signCall } from "../protocol/signing.js";
import { SubgraphServer } from "../serve/server.js";
import { TEST_SECRET } from "./databases.js";
import { exampleSubgraph } from "./example/example.js";
import { TestSubgraph, type TestTree, testTree, until } from "./fixtures.js";
import { TestIdentity } from "./identity.js";

/** The example as a server of its own, with ways to reach it directly. */
export class ServedExample {
  private constructor(
    readonly tree: TestTree,
    readonly identity: TestIdentity,
    readonly example: TestSubgraph,
    readonly server: SubgraphServer,
    /** Ids of the events that it has applied; one with the payload `bad` cannot be. */
    readonly applied: readonly string[],
  ) {}

  static async start(serverUrl: string): Promise<ServedExample> {
    const tree = testTree();
    const applied: string[] = [];
    const definition = exampleSubgraph({
      handlers: {
        "test.arrived": async (_tx, event) => {
          if (event.payload === "bad") throw new Error("it cannot be applied");
          applied.push(event.id);
        },
      },
    });
    const identity = await TestIdentity.create();
    const example = await TestSubgraph.start(serverUrl, definition, tree.source);
    const server = await SubgraphServer.listen({
      subgraph: example.subgraph,
      host: "127.0.0.1",
      port: 0,
      masterSecret: TEST_SECRET,
      logger: pino({ level: "silent" }),
      identity,
      answers: { "/internal/echo": async (question) => question },
      recordsRefusals: false,
    });
    await until(async () => (await server.health()).ready);
    return new ServedExample(tree, identity, example, server, applied);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.example.stop();
  }

  async post(path: string, body: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${this.server.url}${path}`, { method: "POST", body, headers });
    return { status: answer.status, text: await answer.text() };
  }

  async ask(query: string, headers: Record<string, string> = {}) {
    const { text } = await this.post("/graphql", JSON.stringify({ query }), headers);
    return JSON.parse(text);
  }

  /** A customer's token. */
  async bearer(permissions: string[]) {
    const { accessToken, claims } = await this.identity.issue({ org: this.tree.customer, permissions });
    return { headers: { authorization: `Bearer ${accessToken}` }, claims, accessToken };
  }
}

/** Headers of a call as a part of Tollgate would make it. */
export const signedBy = (from: string, path: string, body: string, at = Date.now()): Record<string, string> =>
  signCall(TEST_SECRET, from, "example", { method: "POST", path, body }, at);

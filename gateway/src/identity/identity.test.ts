import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IdentityFixture } from "../testing/identity.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

const signIn = `mutation { signIn(email: "ada@example.test") { userId } }`;

function codes(errors: { extensions: Record<string, unknown> }[]): unknown[] {
  return errors.map((error) => error.extensions.code);
}

describe("who asks", () => {
  let running: RunningGateway;

  beforeEach(async () => {
    running = await startGateway();
  });

  afterEach(async () => {
    await running.gateway.stop();
  });

  it.each([
    { who: "nobody", permissions: null, operation: "{ me { id } }", expected: ["UNAUTHENTICATED"] },
    { who: "nobody", permissions: null, operation: "{ weather }", expected: [] },
    { who: "nobody", permissions: null, operation: signIn, expected: [] },
    { who: "a person without permissions", permissions: [], operation: "{ me { id } }", expected: [] },
    { who: "a person without permissions", permissions: [], operation: "{ vms { id } }", expected: ["FORBIDDEN"] },
    { who: "a reader of machines", permissions: ["vm:read"], operation: "{ vms { id } }", expected: [] },
    {
      who: "a reader of machines",
      permissions: ["vm:read"],
      operation: "{ vms { ...cost } } fragment cost on Vm { hourlyCost { formatted } }",
      expected: ["FORBIDDEN"],
    },
    {
      who: "one with all of the second list of permissions",
      permissions: ["billing:manage", "vm:read"],
      operation: "{ vms { hourlyCost { formatted } } }",
      expected: [],
    },
    {
      who: "a reader of machines who leaves the cost out",
      permissions: ["vm:read"],
      operation: "query ($cost: Boolean = false) { vms { id hourlyCost @include(if: $cost) { formatted } } }",
      expected: [],
    },
  ])("answers $who on $operation with $expected", async ({ permissions, operation, expected }) => {
    const token = permissions && (await running.identity.issue(permissions)).token;
    const { status, errors } = await running.ask(operation, token ? { token } : {});
    expect(status).toBe(200);
    expect(codes(errors)).toEqual(expected);
  });

  it("tells who was refused for want of which permission", async () => {
    const heard: unknown[] = [];
    const listening = await startGateway({
      onForbidden: (caller, missing) => heard.push([caller.claims?.sub, missing]),
    });
    const { token, claims } = await listening.identity.issue([]);
    await listening.ask("{ vms { id } }", { token });
    await listening.ask("{ vms { id } }");
    expect(heard).toEqual([[claims.sub, { coordinate: "Query.vms", permission: "vm:read" }]]);
    await listening.gateway.stop();
  });

  it("refuses before anything is fetched", async () => {
    await running.ask("{ weather vms { id } }");
    expect(running.graph.telemetry.requests).toEqual([]);
  });

  it("tells the subgraphs who asks, from where and for which organisation", async () => {
    const { token, claims } = await running.identity.issue(["vm:read"]);
    const organisation = randomUUID();
    const headers = { "x-organisation-id": organisation, "x-request-id": "r-1", "accept-language": "en-ZA,en;q=0.8" };
    const before = Date.now();
    const { headers: answered } = await running.ask("{ vms { id } }", { token, headers });
    const [request] = running.graph.telemetry.requests;
    expect(request?.caller).toMatchObject({
      requestId: "r-1",
      claims,
      narrowedOrganisationId: organisation,
      address: "127.0.0.1",
      refreshToken: null,
      locale: "en-ZA",
    });
    expect(request?.caller.deadline).toBeGreaterThan(before);
    expect(answered.get("x-request-id")).toBe("r-1");
  });

  it("makes a request id of its own when the client's is not harmless", async () => {
    const { headers } = await running.ask("{ weather }", { headers: { "x-request-id": "a b<script>" } });
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("refuses an x-organisation-id that is no UUID", async () => {
    const { errors } = await running.ask("{ weather }", { headers: { "x-organisation-id": "acme" } });
    expect(codes(errors)).toEqual(["INVALID_INPUT"]);
  });

  it.each([
    { what: "an expired", changes: { expiresIn: -10 } },
    { what: "another audience's", changes: { audience: "somebody-else" } },
    { what: "another issuer's", changes: { issuer: "https://evil.test" } },
  ])("refuses $what bearer token even for public operations", async ({ changes }) => {
    const { token } = await running.identity.issue([], changes);
    const { errors } = await running.ask("{ weather }", { token });
    expect(codes(errors)).toEqual(["UNAUTHENTICATED"]);
  });

  it("refuses a bearer token that is none", async () => {
    expect(codes((await running.ask("{ weather }", { token: "abc" })).errors)).toEqual(["UNAUTHENTICATED"]);
  });

  it("takes an expired cookie for nobody, so that signing in works", async () => {
    const { token } = await running.identity.issue([], { expiresIn: -10 });
    const headers = { cookie: `tollgate_access=${token}` };
    expect(codes((await running.ask(signIn, { headers })).errors)).toEqual([]);
    expect(codes((await running.ask("{ me { id } }", { headers })).errors)).toEqual(["UNAUTHENTICATED"]);
  });

  it("fetches the keys once, and again when a token names one it does not know", async () => {
    await running.ask("{ me { id } }", { token: (await running.identity.issue([])).token });
    await running.ask("{ me { id } }", { token: (await running.identity.issue([])).token });
    expect(running.identity.jwksCalls).toBe(1);
    await running.identity.rotate();
    const { token } = await running.identity.issue([]);
    await eventually(async () => {
      expect((await running.ask("{ me { id } }", { token })).errors).toEqual([]);
    });
    expect(running.identity.jwksCalls).toBe(2);
  });

  it("does not ask accounts for keys more than once a second, whatever tokens strangers make up", async () => {
    const elsewhere = await IdentityFixture.create();
    await elsewhere.rotate();
    const { token } = await elsewhere.issue([]);
    for (let attempt = 0; attempt < 5; attempt += 1) await running.ask("{ weather }", { token });
    expect(running.identity.jwksCalls).toBeLessThanOrEqual(2);
  });

  it("refuses a session within a second of its end, and takes old permissions for expired", async () => {
    const ended = await running.identity.issue([]);
    const changed = await running.identity.issue([]);
    expect((await running.ask("{ me { id } }", { token: ended.token })).errors).toEqual([]);
    expect((await running.ask("{ me { id } }", { token: changed.token })).errors).toEqual([]);
    running.identity.end(ended.claims.sid);
    running.identity.changePermissions(changed.claims.sub, 2);
    for (const { token } of [ended, changed]) {
      await eventually(async () => {
        expect(codes((await running.ask("{ me { id } }", { token })).errors)).toEqual(["UNAUTHENTICATED"]);
      }, 1_000);
    }
  });
});

describe("a gateway without revocations", () => {
  it("is not ready and believes nobody until they were read, then recovers by itself", async () => {
    const identity = await IdentityFixture.create();
    identity.fail(new Error("not yet"));
    const running = await startGateway({ identity });
    const { token } = await identity.issue([]);
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(503);
    expect(codes((await running.ask("{ me { id } }", { token })).errors)).toEqual(["UNAVAILABLE"]);
    expect((await running.ask("{ weather }")).errors).toEqual([]);
    await eventually(() => expect(running.log.some((line) => String(line.msg).includes("not been read"))).toBe(true));
    identity.fail(null);
    await eventually(async () => expect((await fetch(`${running.url}/health/ready`)).status).toBe(200));
    expect((await running.ask("{ me { id } }", { token })).errors).toEqual([]);
    await running.gateway.stop();
  });
});

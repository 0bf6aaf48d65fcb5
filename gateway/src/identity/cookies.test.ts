import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningGateway, startGateway } from "../testing/start.js";

const signIn = `mutation { signIn(email: "ada@example.test") { userId } }`;

function codes(errors: { extensions: Record<string, unknown> }[]): unknown[] {
  return errors.map((error) => error.extensions.code);
}

describe("sessions in cookies", () => {
  let running: RunningGateway;

  beforeEach(async () => {
    running = await startGateway({ secureCookies: true });
  });

  afterEach(async () => {
    await running.gateway.stop();
  });

  it("puts the tokens of accounts into cookies that scripts cannot read, and never into the answer", async () => {
    const { headers, body } = await running.ask(signIn);
    expect(headers.getSetCookie().sort()).toEqual([
      "tollgate_access=new-access; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT; HttpOnly; Secure; SameSite=Strict",
      "tollgate_device=new-device; Path=/graphql; Expires=Fri, 15 Jan 2100 00:00:00 GMT; HttpOnly; Secure; SameSite=Strict",
      "tollgate_refresh=new-refresh; Path=/graphql; Expires=Fri, 08 Jan 2100 00:00:00 GMT; HttpOnly; Secure; SameSite=Strict",
    ]);
    expect(body).toEqual({ data: { signIn: { userId: "ada@example.test" } } });
  });

  it("takes the cookies away when the session ends, but for that of a device that is remembered", async () => {
    const { token } = await running.identity.issue([]);
    const { headers } = await running.ask("mutation { signOut }", { headers: { cookie: `tollgate_access=${token}` } });
    expect(headers.getSetCookie().sort()).toEqual([
      expect.stringMatching(/^tollgate_access=; Max-Age=0; Path=\/; /),
      expect.stringMatching(/^tollgate_refresh=; Max-Age=0; Path=\/graphql; /),
    ]);
  });

  it("ignores what other subgraphs say about sessions", async () => {
    const { headers } = await running.ask("mutation { move }");
    expect(headers.getSetCookie()).toEqual([]);
  });

  it("hands the refresh token of the cookie on, and none beside a bearer token", async () => {
    const { token } = await running.identity.issue([]);
    const cookie = "tollgate_refresh=secret-refresh";
    await running.ask("{ serverTime }", { headers: { cookie } });
    await running.ask("{ serverTime }", { headers: { cookie }, token });
    const refreshTokens = running.graph.accounts.requests.map((request) => request.caller.refreshToken);
    expect(refreshTokens).toEqual(["secret-refresh", null]);
  });

  it("hands on that a device is remembered, and no more of it than a token can be long", async () => {
    for (const token of ["secret-device", "x".repeat(300)]) {
      await running.ask("{ serverTime }", { headers: { cookie: `tollgate_device=${token}` } });
    }
    const deviceTokens = running.graph.accounts.requests.map((request) => request.caller.deviceToken);
    expect(deviceTokens).toEqual(["secret-device", "x".repeat(128)]);
  });

  it.each([
    { origin: "https://evil.test", status: 403 },
    { origin: "null", status: 403 },
    { origin: "https://cloud.example", status: 200 },
    { origin: "own host", status: 200 },
    { origin: undefined, status: 200 },
  ])("answers a request with our cookie from a page of $origin with $status", async ({ origin, status }) => {
    const { token } = await running.identity.issue([]);
    const from = origin === "own host" ? running.url : origin;
    const headers = { cookie: `tollgate_access=${token}`, ...(from && { origin: from }) };
    const answer = await running.ask("{ me { id } }", { headers });
    expect(answer.status).toBe(status);
    expect(codes(answer.errors)).toEqual(status === 403 ? ["FORBIDDEN"] : []);
  });

  it.each([
    { site: "cross-site", status: 403 },
    { site: "same-site", status: 403 },
    { site: "same-origin", status: 200 },
    { site: "none", status: 200 },
  ])("answers a GET with our cookie that a browser calls $site with $status", async ({ site, status }) => {
    const { token } = await running.identity.issue([]);
    const headers = { cookie: `tollgate_access=${token}`, "sec-fetch-site": site };
    const response = await fetch(`${running.url}/graphql?query=${encodeURIComponent("{ me { displayName } }")}`, {
      headers,
    });
    expect(response.status).toBe(status);
  });

  it("takes no mutation by GET", async () => {
    const { token } = await running.identity.issue([]);
    const mutation = encodeURIComponent('mutation { note(step: "a") }');
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${running.url}/graphql?query=${mutation}`, { headers });
    expect(response.status).toBe(405);
    expect(running.graph.steps).toEqual([]);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "does nothing of what a form of another site could send as %s",
    async (type) => {
      const body = JSON.stringify({ query: 'mutation { note(step: "a") }' });
      const headers = { "content-type": type };
      const response = await fetch(`${running.url}/graphql`, { method: "POST", headers, body });
      expect([400, 415]).toContain(response.status);
      const answer = (await response.json()) as { errors: { extensions: Record<string, unknown> }[] };
      expect(codes(answer.errors)).toEqual(["INVALID_INPUT"]);
      expect(running.graph.steps).toEqual([]);
    },
  );
});

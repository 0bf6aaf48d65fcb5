import { randomUUID } from "node:crypto";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET } from "@tollgate/kit/testing";
import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { identityOf } from "../index.js";
import { as, graph, run, somebody, system, tree, wait, withAccounts } from "../testing/credentials.js";
import { signIn as begin, mailedCode, mailsTo } from "../testing/second-step.js";
import type { UserRow } from "../users/users.js";

withAccounts();

const VERIFY = `mutation ($id: ID!, $code: String!) { verifyChallenge(input: { challengeId: $id, code: $code, delivery: BEARER }) {
  __typename ... on SignedIn { sessionId accessToken refreshToken } } }`;
const REFRESH = `mutation ($token: String) { refreshSession(input: { refreshToken: $token }) { __typename ... on SignedIn { refreshToken } ... on Problem { code } } }`;

const signIn = async (person: UserRow) => {
  const seen = mailsTo(person);
  const { id } = await begin(person);
  return await run(VERIFY, { id, code: await mailedCode(person, seen) });
};

describe("sessions", () => {
  it("rotate their refresh token; the one before works for a moment, so that two tabs may refresh at once", async () => {
    const first = await signIn(await somebody());
    const [a, b] = await Promise.all([
      run(REFRESH, { token: first["refreshToken"] }),
      run(REFRESH, { token: first["refreshToken"] }),
    ]);
    expect(a["refreshToken"]).not.toBe(first["refreshToken"]);
    expect(b["refreshToken"]).toBe(a["refreshToken"]);
    expect(await run(REFRESH, { token: a["refreshToken"] })).toMatchObject({ __typename: "SignedIn" });
  });

  it("end with their whole family when a rotated token comes again later", async () => {
    const first = await signIn(await somebody());
    const second = await run(REFRESH, { token: first["refreshToken"] });
    wait(11_000);
    expect(await run(REFRESH, { token: first["refreshToken"] })).toMatchObject({ __typename: "InvalidTokenProblem" });
    expect(await run(REFRESH, { token: second["refreshToken"] })).toMatchObject({ __typename: "InvalidTokenProblem" });
    const { endedSessionIds } = await identityOf(graph.subgraph, TEST_SECRET).revocations(null);
    expect(endedSessionIds).toContain(first["sessionId"]);
  });

  it("do not end because somebody guesses a token", async () => {
    const first = await signIn(await somebody());
    const forged = `${first["sessionId"]}.0.${"A".repeat(43)}`;
    expect(await run(REFRESH, { token: forged })).toMatchObject({ __typename: "InvalidTokenProblem" });
    expect(await run(REFRESH, { token: first["refreshToken"] })).toMatchObject({ __typename: "SignedIn" });
  });

  it("are not renewed for somebody who may not enter any more", async () => {
    const person = await somebody();
    const first = await signIn(person);
    const setStatus = (status: string) =>
      system((tx) => tx.sql`update "user" set status = ${status} where id = ${person.id}`);
    await setStatus("DEACTIVATED");
    expect(await run(REFRESH, { token: first["refreshToken"] })).toMatchObject({ __typename: "InvalidTokenProblem" });
    await setStatus("ACTIVE");
    expect(await run(REFRESH, { token: first["refreshToken"] })).toMatchObject({ __typename: "SignedIn" });
  });

  it("end seven days after their last use", async () => {
    const first = await signIn(await somebody());
    wait(7 * 24 * 3600_000 + 1);
    expect(await run(REFRESH, { token: first["refreshToken"] })).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("are listed, and end one by one or all but the current, for every process to see", async () => {
    const person = await somebody();
    const [one, two] = [await signIn(person), await signIn(person)];
    const caller = as(person, { sid: String(one["sessionId"]) });
    const list = async () => {
      const { data } = await graph.execute("{ sessions { id isCurrent device } }", {}, caller);
      return data?.["sessions"] as { id: string; isCurrent: boolean }[];
    };
    expect((await list()).find((session) => session.isCurrent)?.id).toBe(one["sessionId"]);
    const identity = identityOf(graph.subgraph, TEST_SECRET);
    const { sequence } = await identity.revocations(null);
    const end =
      "mutation ($id: ID!) { endSession(input: { sessionId: $id }) { __typename ... on SessionsEnded { count } } }";
    expect(await run(end, { id: two["sessionId"] }, caller)).toMatchObject({ count: 1 });
    expect((await identity.revocations(sequence)).endedSessionIds).toEqual([two["sessionId"]]);
    await run("mutation { endAllSessions(input: { keepCurrent: true }) { __typename } }", {}, caller);
    expect((await list()).map((session) => session.id)).toEqual([one["sessionId"]]);
    const out = await graph.execute("mutation { signOut { ... on SessionsEnded { count } } }", {}, caller);
    expect(out).toMatchObject({ data: { signOut: { count: 1 } }, extensions: { session: null } });
  });

  it("of others are not ended without the permission, nor of strangers with it", async () => {
    const [person, colleague, stranger] = [
      await somebody(),
      await somebody(),
      await somebody({ organisationId: tree.otherCustomer }),
    ];
    const end = "mutation ($id: ID!) { endAllSessions(input: { userId: $id }) { __typename } }";
    expect(await run(end, { id: colleague.id }, as(person))).toEqual({
      __typename: "NotFoundProblem",
    });
    const manager = requestCaller({ org: tree.customer, permissions: ["user:manage"] });
    expect(await run(end, { id: stranger.id }, manager)).toEqual({ __typename: "NotFoundProblem" });
    expect(await run(end, { id: colleague.id }, manager)).toEqual({ __typename: "SessionsEnded" });
  });

  it("carry in their tokens what organisations last said, and older tokens are out of date at once", async () => {
    const person = await somebody();
    const event = (version: bigint, permissions: string[]): DeliveredEvent => ({
      id: randomUUID(),
      type: "member.changed",
      aggregateId: person.id,
      aggregateVersion: version,
      organisationId: tree.customer,
      occurredAt: new Date(),
      payload: { userId: person.id, organisationId: tree.customer, permissions },
      sealed: null,
    });
    await graph.subgraph.inbox.receive(event(2n, ["vm:read"]));
    await graph.subgraph.inbox.receive(event(1n, ["everything"]));
    const keys = createLocalJWKSet(await identityOf(graph.subgraph, TEST_SECRET).jwks());
    const { payload } = await jwtVerify(String((await signIn(person))["accessToken"]), keys);
    expect(payload).toMatchObject({ permissions: ["vm:read"], permissionsVersion: 2 });
    const { permissionsVersions } = await identityOf(graph.subgraph, TEST_SECRET).revocations(null);
    expect(permissionsVersions).toEqual([{ userId: person.id, version: 2 }]);
  });
});

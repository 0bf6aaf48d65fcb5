import { ApolloLink, gql } from "@apollo/client";
import { of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createStore } from "../app/store.js";
import type { RenewalOutcome, SessionState } from "../session/session.js";
import { AS_ONESELF, createClient, narrowed, renewOnce } from "./client.js";

const WHO = gql`
  query Who {
    who
  }
`;
const UNAUTHENTICATED = { errors: [{ message: "no", extensions: { code: "UNAUTHENTICATED" } }] };

/** A client whose server gives the answers one after the other, and a session that renews as told. */
function clientWith(answers: ApolloLink.Result[], outcome: RenewalOutcome) {
  const counts = { requests: 0, renewals: 0 };
  const server = new ApolloLink(() => {
    counts.requests += 1;
    return of(answers.shift() ?? UNAUTHENTICATED);
  });
  const session = {
    state: createStore<SessionState>({ status: "signed-in", reason: "none" }),
    async renew() {
      counts.renewals += 1;
      return outcome;
    },
  };
  const client = createClient(ApolloLink.from([renewOnce(session), server]));
  return { counts, ask: () => client.query({ query: WHO }) };
}

describe("an operation whose session ran out", () => {
  it("is sent again once the session is renewed", async () => {
    const { counts, ask } = clientWith([UNAUTHENTICATED, { data: { who: "me" } }], "renewed");
    expect((await ask()).data).toEqual({ who: "me" });
    expect(counts).toEqual({ requests: 2, renewals: 1 });
  });

  it("is not sent a third time when the renewed session is refused too", async () => {
    const { counts, ask } = clientWith([UNAUTHENTICATED, UNAUTHENTICATED], "renewed");
    expect((await ask()).error).toBeDefined();
    expect(counts).toEqual({ requests: 2, renewals: 1 });
  });

  it("fails when the session cannot be renewed", async () => {
    const { counts, ask } = clientWith([UNAUTHENTICATED], "refused");
    expect((await ask()).error).toBeDefined();
    expect(counts).toEqual({ requests: 1, renewals: 1 });
  });
});

describe("an operation while one acts for another organisation", () => {
  const ME = gql`
    query Me {
      me {
        id
      }
    }
  `;
  const headersOf = async (query: typeof WHO, actingFor: string | null, context = {}) => {
    const shown: unknown[] = [];
    const server = new ApolloLink((operation) => {
      shown.push(operation.getContext()["headers"]);
      return of({ data: { who: "me", me: null } });
    });
    const client = createClient(ApolloLink.from([narrowed(() => actingFor), server]));
    await client.query({ query, context });
    return shown[0];
  };

  it("says which one, unless it is about oneself or asked as oneself", async () => {
    expect(await headersOf(WHO, "o-1")).toEqual({ "x-organisation-id": "o-1" });
    expect(await headersOf(WHO, null)).toBeUndefined();
    expect(await headersOf(ME, "o-1")).toBeUndefined();
    expect(await headersOf(WHO, "o-1", AS_ONESELF)).toBeUndefined();
  });
});

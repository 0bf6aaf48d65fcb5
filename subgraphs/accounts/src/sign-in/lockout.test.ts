import { describe, expect, it } from "vitest";
import { PROBLEM, run, somebody, stranger, system, withAccounts } from "../testing/credentials.js";
import { FAILURES_FROM_ADDRESS, tidyAttempts } from "./lockout.js";

withAccounts();

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ${PROBLEM} } }`;
const guess = (email: string, address: string) =>
  run(SIGN_IN, { input: { email, password: "wrong" } }, stranger({ address }));

describe("failed sign-ins", () => {
  it("count for the whole network of an IPv6 address, which is one household", async () => {
    await system(
      (tx) => tx.sql`insert into sign_in_attempt (organisation_id, email, outcome, address, network, user_agent)
        select gen_random_uuid(), n::text, 'UNKNOWN_EMAIL', '2001:db8:0:7::' || n, '2001:db8:0:7::/64', 'tests'
          from generate_series(2, ${FAILURES_FROM_ADDRESS}) n`,
    );
    expect(await guess("a@example.com", "2001:db8:0:7:1:2:3:4")).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await guess("b@example.com", "2001:db8:0:7:ffff::1")).toMatchObject({ __typename: "RateLimitedProblem" });
    expect(await guess("b@example.com", "2001:db8:0:8::1")).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("are forgotten in the end, those of nobody first", async () => {
    const person = await somebody();
    const add = (userId: string | null, age: string, userAgent: string) =>
      system(
        (tx) => tx.sql`insert into sign_in_attempt (organisation_id, user_id, email, outcome, address, user_agent, at)
          values (${person.organisationId}, ${userId}, 'x', 'WRONG_PASSWORD', '10.9.9.9', ${userAgent}, now() - ${age}::interval)`,
      );
    await add(null, "91 days", "nobody's old");
    await add(null, "89 days", "nobody's");
    await add(person.id, "401 days", "old");
    await add(person.id, "399 days", "somebody's");
    await system(tidyAttempts);
    const left = await system<{ user_agent: string }[]>(
      (tx) => tx.sql`select user_agent from sign_in_attempt where address = '10.9.9.9' order by at`,
    );
    expect(left.map((row) => row.user_agent)).toEqual(["somebody's", "nobody's"]);
  });
});

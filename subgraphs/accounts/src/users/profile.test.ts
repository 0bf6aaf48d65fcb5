import { requestCaller } from "@tollgate/kit/testing";
import { describe, expect, it } from "vitest";
import {
  as,
  asNow,
  audits,
  changesOf,
  delivered,
  graph,
  PROBLEM,
  run,
  somebody,
  withAccounts,
} from "../testing/credentials.js";
import { knownLocale, knownTimeZone } from "./profile.js";
import type { UserRow } from "./users.js";

withAccounts();

const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename
  ... on User { displayName phone locale timeZone } ... on InvalidInputProblem { fields { path reason } } ${PROBLEM} } }`;
const update = (person: UserRow, input: Record<string, unknown>) => run(UPDATE, { input }, as(person));

describe("one's profile", () => {
  it("changes in what is given; the others are told, and the trail has both", async () => {
    const person = await somebody({ displayName: "Thandi" });
    const answer = await update(person, { displayName: "  Thandi \n Nkosi ", phone: "+27821234567", locale: "de-de" });
    expect(answer).toEqual({
      __typename: "User",
      displayName: "Thandi Nkosi",
      phone: "+27821234567",
      locale: "de-DE",
      timeZone: "Africa/Johannesburg",
    });
    await delivered();
    expect(changesOf(person)).toEqual([
      {
        userId: person.id,
        organisationId: person.organisationId,
        email: person.email,
        displayName: "Thandi Nkosi",
        locale: "de-DE",
        status: "ACTIVE",
      },
    ]);
    const [record] = audits("user:updateProfile").filter(({ resourceId }) => resourceId === person.id);
    expect(record).toMatchObject({
      actorId: person.id,
      before: { displayName: "Thandi", phone: null, locale: "en-ZA" },
      after: { displayName: "Thandi Nkosi", phone: "+27821234567", locale: "de-DE" },
    });
    expect(record?.after).not.toHaveProperty("timeZone");
  });

  it("keeps what is left out, clears the phone number with null, and says nothing where nothing changes", async () => {
    const person = await somebody({ phone: "+27821234567", timeZone: "Asia/Jakarta" });
    expect(await update(person, { phone: "+27821234567", timeZone: null })).toMatchObject({ __typename: "User" });
    await delivered();
    expect(changesOf(person)).toEqual([]);
    expect(await update(person, { phone: null })).toMatchObject({ phone: null, timeZone: "Asia/Jakarta" });
  });

  it.each([
    [{ displayName: " \u200b " }, ["displayName"]],
    [{ displayName: "x".repeat(121) }, ["displayName"]],
    [{ phone: "+02821234567" }, ["phone"]],
    [{ locale: "qq-QQ", displayName: "" }, ["displayName", "locale"]],
  ])("refuses %j at the field, and keeps the rest as it was", async (input, fields) => {
    const person = await somebody();
    const answer = await update(person, { timeZone: "Asia/Jakarta", ...input });
    expect(answer).toMatchObject({ __typename: "InvalidInputProblem", code: "INVALID_INPUT" });
    expect((answer["fields"] as { path: string[] }[]).map(({ path }) => path[0])).toEqual(fields);
    expect(await asNow(person)).toMatchObject({ timeZone: "Africa/Johannesburg", displayName: person.displayName });
  });

  it("is a person's own: neither an API key nor nobody has one", async () => {
    const person = await somebody();
    for (const caller of [as(person, { apiKey: { requestsPerMinute: 60 } }), requestCaller(null)]) {
      const { errors } = await graph.execute(UPDATE, { input: { displayName: "Somebody" } }, caller);
      expect(["FORBIDDEN", "UNAUTHENTICATED"]).toContain(errors?.[0]?.extensions?.["code"]);
    }
  });
});

describe("languages and time zones", () => {
  it("are those that the engine knows, old names of zones included, and written as the standard has them", () => {
    expect(["en-ZA", "EN-za", "pt", "zh-Hant-TW"].map(knownLocale)).toEqual(["en-ZA", "en-ZA", "pt", "zh-Hant-TW"]);
    expect(["qq", "not a tag", "", "x"].map(knownLocale)).toEqual([null, null, null, null]);
    expect(["UTC", "Asia/Kolkata", "Asia/Calcutta"].every((zone) => knownTimeZone(zone) === zone)).toBe(true);
    expect(["+02:00", "Mars/Olympus", ""].map(knownTimeZone)).toEqual([null, null, null]);
  });
});

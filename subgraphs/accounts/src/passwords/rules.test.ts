import { RateLimitedFault, UnavailableFault } from "@tollgate/kit";
import { afterAll, describe, expect, it } from "vitest";
import { WeakPasswordFault } from "./passwords.problems.js";
import { checkPassword } from "./rules.js";
import { PasswordScorer } from "./scorer.js";

const owner = { email: "thandi.nkosi@karoo.example", displayName: "Thandi Nkosi", organisationName: "Karoo Bikes" };

const refusalOf = async (password: string, person = owner): Promise<WeakPasswordFault> => {
  const refusal: unknown = await checkPassword(password, person).catch((error: unknown) => error);
  if (!(refusal instanceof WeakPasswordFault)) throw new Error(`${password} was taken`, { cause: refusal });
  return refusal;
};

describe("a new password", () => {
  it.each([
    ["Violet-Anchor-81"],
    ["correct Horse battery 9"],
    ["Überläufer 4 Gänse"],
    ["xK9$mQ2v!pL"],
    [`Aa1!${"Wandering giraffes sing ".repeat(5)}`.slice(0, 128)],
  ])("may be %s", async (password) => {
    expect(await checkPassword(password, owner)).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ["Aq9$z", "TOO_SHORT"],
    [`Aa1!${"Wandering giraffes sing ".repeat(6)}`.slice(0, 129), "TOO_LONG"],
    ["violet-anchor-81", "NO_UPPER_CASE"],
    ["VIOLET-ANCHOR-81", "NO_LOWER_CASE"],
    ["Violet-Anchor-Tree", "NO_DIGIT"],
    ["VioletAnchor81Tree", "NO_SPECIAL"],
    ["thandi.nkosi@karoo.example", "CONTAINS_PERSONAL_DATA"],
    ["Thandi Nkosi", "CONTAINS_PERSONAL_DATA"],
    ["7-Giraffes-THANDI-sing", "CONTAINS_PERSONAL_DATA"],
    ["Bikes-Giraffe-81-tree", "CONTAINS_PERSONAL_DATA"],
  ])("may not be %s: %s alone, however hard to guess", async (password, reason) => {
    const { reasons } = await refusalOf(password);
    expect(reasons).toContain(reason);
  });

  it.each([
    ["Password1!", ["COMMON", "TOO_GUESSABLE"]],
    ["P@ssw0rd1", ["COMMON", "TOO_GUESSABLE"]],
    ["Aa1!Aa1!Aa1!Aa1!", ["TOO_GUESSABLE"]],
    ["Qwertyuiop1!", ["TOO_GUESSABLE"]],
  ])("may not be %s, which guessers try early: %j", async (password, reasons) => {
    const refusal = await refusalOf(password);
    expect(refusal.reasons).toEqual(expect.arrayContaining(reasons));
    expect(refusal.score).toBeLessThan(3);
  });

  it("is told everything that is wrong with it at once, in words and for programs", async () => {
    const refusal = await refusalOf("abc");
    expect(refusal.reasons).toEqual(["TOO_SHORT", "NO_UPPER_CASE", "NO_DIGIT", "NO_SPECIAL", "TOO_GUESSABLE"]);
    expect(refusal.problem()).toMatchObject({ code: "INVALID_INPUT", score: 0, reasons: refusal.reasons });
    expect(refusal.message).toContain("at least 8 characters");
  });

  it("may contain short parts of a name, which stand in many words by chance", async () => {
    const person = { email: "bo@karoo.example", displayName: "Bo Li" };
    expect(await checkPassword("Violet-Liberty-Bow-81", person)).toBe(4);
  });
});

describe("the scorer", () => {
  const scorers: PasswordScorer[] = [];
  const scorerWith = (limits: ConstructorParameters<typeof PasswordScorer>[0]) => {
    const scorer = new PasswordScorer(limits);
    scorers.push(scorer);
    return scorer;
  };
  afterAll(() => Promise.all(scorers.map((scorer) => scorer.stop())));

  it("scores a text of any length by its first 64 characters", async () => {
    const scorer = scorerWith({});
    expect(await scorer.score("a1B!".repeat(250_000), [])).toEqual(await scorer.score("a1B!".repeat(16), []));
  });

  it("answers each with its own score, and turns away those beyond its queue", async () => {
    const scorer = scorerWith({ queue: 2 });
    const [weak, strong, third] = [
      scorer.score("password", []),
      scorer.score("xK9$mQ2v!pL", []),
      scorer.score("a", []),
    ];
    await expect(scorer.score("one too many", [])).rejects.toBeInstanceOf(RateLimitedFault);
    expect((await Promise.all([weak, strong, third])).map(({ score }) => score)).toEqual([0, 4, 0]);
  });

  it("gives up on a text that takes too long, and goes on with the next in a new thread", async () => {
    const scorer = scorerWith({ milliseconds: 1 });
    await expect(scorer.score("the dictionaries alone take longer", [])).rejects.toBeInstanceOf(UnavailableFault);
    const patient = scorerWith({ idleMilliseconds: 1 });
    expect(await patient.score("password", [])).toMatchObject({ score: 0, isCommon: true });
    expect(await patient.score("password", [])).toMatchObject({ score: 0, isCommon: true });
  });

  it("refuses what waits when it is stopped", async () => {
    const scorer = scorerWith({});
    const waiting = [scorer.score("one", []), scorer.score("two", [])].map((scored) =>
      scored.catch((error: unknown) => error),
    );
    await scorer.stop();
    for (const refusal of await Promise.all(waiting)) expect(refusal).toBeInstanceOf(UnavailableFault);
  });
});

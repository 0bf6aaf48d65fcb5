import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Question, Questions, type Setting } from "./asked.js";
import { type Answer, codesOf, differences, plainly } from "./asking.js";
import { type Asker, ownerOf } from "./callers.js";
import { digestOf } from "./digest.js";
import type { Field } from "./graph.js";
import { LeakDetector } from "./leaks.js";
import type { Slot } from "./slots.js";
import { foreignTo, isInEstate, type Organisation, organisations, tree } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

/** Codes that an id which is not one's own may lead to. */
const REFUSALS = ["NOT_FOUND"];

let trial: Trial;
let questions: Questions;

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"));
  questions = new Questions(trial.graph, trial.world.tables, "Mutation");
});
afterAll(() => trial.end());

/** Public ones are asked by whoever knows an id that cannot be guessed, or a token: those are the permission. */
const allowed = (who: Asker): Field[] =>
  trial.graph
    .root("Mutation")
    .filter(
      (field) => !trial.graph.isPublic("Mutation", field) && trial.graph.isAllowed("Mutation", field, who.permissions),
    );

const isReadable = (who: Asker, owner: Organisation, entity: string | null): boolean =>
  isInEstate(owner, who.organisation) &&
  trial.world.tables.some(({ name, isInherited }) => isInherited && name === entity);

const ask = async (who: Asker, { document, variables, asked }: Question): Promise<Answer & { plain: string }> => {
  const answer = await trial.front.ask(who, document, variables);
  return { ...answer, plain: plainly(answer.text, asked) };
};

/** The ways to fill the other places: with one's own things or those of somebody below, with and without what may be left out. */
const settingsOf = ({ organisation }: Asker): Setting[] =>
  organisations
    .filter((one) => isInEstate(organisation, one))
    .flatMap((own) => [
      { own, isFull: false },
      { own, isFull: true },
    ]);

const isLookedAt = (answer: Answer, { path }: Slot): boolean =>
  codesOf(answer).some((code) => REFUSALS.includes(code)) ||
  new RegExp(`"path":\\[[^\\]]*"${path.at(-1)}"`).test(answer.text);

/** What is wrong with what one place of a mutation makes of ids that are not one's own. */
const wrongsOf = async (who: Asker, field: Field, slot: Slot): Promise<string[]> => {
  const detector = new LeakDetector(trial.world.tables, who.organisation);
  const place = `${field.name}(${slot.path.join(".")})`;
  const found: string[] = [];
  const refusals: string[] = [];
  let unknown: Answer & { plain: string } = { text: "", data: null, errors: [], plain: "" };
  let setting: Setting = {};
  for (setting of settingsOf(who)) {
    unknown = await ask(who, questions.foreign(who, field, slot, null, 1, undefined, setting));
    if (isLookedAt(unknown, slot)) break;
    refusals.push(unknown.text.slice(0, 400));
  }
  if (!isLookedAt(unknown, slot)) found.push(`${place} does not look at the id: ${refusals.join("\n  ")}`);
  for (const owner of foreignTo(who.organisation)) {
    if (isReadable(who, owner, questions.entity(field, slot))) continue;
    const question = questions.foreign(who, field, slot, owner, 1, undefined, setting);
    const answer = await ask(who, question);
    const name = `${place} of ${owner.name}`;
    found.push(
      ...detector
        .leaksIn(answer.text, question.asked)
        .map((of) => `${name} tells of ${of}: ${answer.text.slice(0, 300)}`),
    );
    found.push(...differences(new Map([[name, unknown.plain]]), new Map([[name, answer.plain]])));
  }
  return found;
};

// The customer first: what is above it may change what belongs to it.
describe.each([tree.customer, tree.reseller])("somebody of the $name", (organisation) => {
  it("changes nothing of others with any mutation, and learns nothing", { timeout: 180_000 }, async () => {
    const { world } = trial;
    const who = ownerOf(organisation);
    const before = await digestOf(world.sql, world.tables, foreignTo(organisation));
    const found: string[] = [];
    let places = 0;
    for (const field of allowed(who)) {
      for (const slot of questions.slots(field)) {
        found.push(...(await wrongsOf(who, field, slot)));
        places += 1;
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
    expect(places).toBeGreaterThan(30);
    const after = await digestOf(world.sql, world.tables, foreignTo(organisation));
    expect(differences(before, after)).toEqual([]);
  });
});

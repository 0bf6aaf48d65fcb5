import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Questions } from "./asked.js";
import { type Answer, codesOf, differences, each, plainly } from "./asking.js";
import { type Asker, askersOf, ownerOf } from "./callers.js";
import type { Field } from "./graph.js";
import { LeakDetector } from "./leaks.js";
import { foreignTo, isInEstate, type Organisation, tree, unknownId } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

/** Of what is wrong, as much as somebody reads. */
const SHOWN = 12;
const standing = [tree.customer, tree.reseller];
let trial: Trial;
let questions: Questions;

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"));
  questions = new Questions(trial.graph, trial.world.tables, "Query");
});
afterAll(() => trial.end());

const allowed = (who: Asker): Field[] =>
  trial.graph
    .root("Query")
    .filter((field) => !trial.graph.isPublic("Query", field) && trial.graph.isAllowed("Query", field, who.permissions));

/** What those above let those below read. */
const isReadable = (who: Asker, owner: Organisation, entity: string | undefined): boolean =>
  isInEstate(owner, who.organisation) &&
  trial.world.tables.some(({ name, isInherited }) => isInherited && name === entity);

/** What is wrong with the answers to somebody who asks one field for what belongs to others. */
const wrongs = async (who: Asker, field: Field, owners: readonly Organisation[], hops: number, entities?: string[]) => {
  const detector = new LeakDetector(trial.world.tables, who.organisation);
  const found: string[] = [];
  const ask = async (
    slot: number,
    owner: Organisation | null,
    entity?: string,
  ): Promise<Answer & { plain: string }> => {
    const place = questions.slots(field)[slot];
    if (!place) throw new Error(`${field.name} has no place ${slot} for an id`);
    const { document, variables, asked } = questions.foreign(who, field, place, owner, hops, entity);
    const answer = await trial.front.ask(who, document, variables);
    const leaks = detector
      .leaksIn(answer.text, asked)
      .map((of) => `${field.name} tells of ${of}: ${answer.text.slice(0, 400)}`);
    found.push(...leaks);
    return { ...answer, plain: plainly(answer.text, asked) };
  };
  for (const [slot, { path }] of questions.slots(field).entries()) {
    const place = `${field.name}(${path.join(".")})`;
    const unknown = await ask(slot, null);
    // Unless it is the id itself that is refused.
    if (
      codesOf(unknown).includes("INVALID_INPUT") &&
      !new RegExp(`"path":\\[[^\\]]*"${path.at(-1)}"`).test(unknown.text)
    )
      found.push(`${place} is refused before its id is looked at: ${unknown.text.slice(0, 400)}`);
    for (const owner of owners) {
      for (const entity of entities ?? [
        questions.entity(field, { path, isList: false, isRequired: false }) ?? undefined,
      ]) {
        if (isReadable(who, owner, entity)) continue;
        const { plain } = await ask(slot, owner, entity);
        found.push(
          ...differences(
            new Map([[`${place} of ${owner.name}`, unknown.plain]]),
            new Map([[`${place} of ${owner.name}`, plain]]),
          ),
        );
      }
    }
  }
  return found;
};

describe.each(standing)("somebody of the $name", (organisation) => {
  it("learns nothing from the ids of others, not even that they are ids", { timeout: 180_000 }, async () => {
    const who = ownerOf(organisation);
    const found: string[] = [];
    await each(allowed(who), async (field) => {
      found.push(...(await wrongs(who, field, foreignTo(organisation), 2)));
    });
    expect(found.slice(0, SHOWN)).toEqual([]);
  });

  // What a place makes of an id does not depend on who asks: once is enough.
  it.runIf(organisation === tree.customer)(
    "learns nothing from ids of others that are ids of something else",
    { timeout: 180_000 },
    async () => {
      const who = ownerOf(organisation);
      const withIds = trial.world.tables.filter(({ columns }) => columns.some(({ name }) => name === "id"));
      const entities = [...new Set(["organisation", ...withIds.map((table) => table.name)])];
      const found: string[] = [];
      await each(allowed(who), async (field) => {
        found.push(...(await wrongs(who, field, [tree.otherCustomer], 0, entities)));
      });
      expect(found.slice(0, SHOWN)).toEqual([]);
    },
  );

  it("learns nothing from them in any other role, nor with an API key", { timeout: 180_000 }, async () => {
    const found: string[] = [];
    for (const who of askersOf(organisation).filter(({ role }) => role !== "owner")) {
      await each(allowed(who), async (field) => {
        const some = foreignTo(organisation).filter((one) => one !== tree.otherReseller);
        found.push(...(await wrongs(who, field, some, 1)).map((one) => `${who.role}: ${one}`));
      });
    }
    expect(found.slice(0, SHOWN)).toEqual([]);
  });

  it("may not narrow to an organisation of others, nor learns that there is one", { timeout: 180_000 }, async () => {
    const who = ownerOf(organisation);
    const detector = new LeakDetector(trial.world.tables, organisation);
    const found: string[] = [];
    await each(allowed(who), async (field) => {
      const { document, variables } = questions.own(who, field, 1);
      const nobody = await trial.front.ask(who, document, variables, unknownId("organisation"));
      for (const { id, name } of foreignTo(organisation)) {
        const answer = await trial.front.ask(who, document, variables, id);
        found.push(...detector.leaksIn(answer.text, [id]).map((of) => `${field.name} tells of ${of}`));
        found.push(
          ...differences(
            new Map([[`${field.name}, ${name}`, nobody.text]]),
            new Map([[`${field.name}, ${name}`, answer.text]]),
          ),
        );
      }
    });
    expect(found.slice(0, SHOWN)).toEqual([]);
  });
});

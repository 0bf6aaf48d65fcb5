import { getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { Questions } from "./asked.js";
import { type Answer, differences, each, plainly } from "./asking.js";
import { type Asker, ownerOf } from "./callers.js";
import type { Table } from "./catalogue.js";
import { type Field, fieldsOf } from "./graph.js";
import { idsOf, LeakDetector } from "./leaks.js";
import { isInEstate, type Organisation, organisations, tree } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

/** Root fields whose answer has nothing of an organisation in it, with the reason. */
const THE_SAME_FOR_ALL: Record<string, string> = {
  vmTemplates: "sizes belong to the platform; what they cost does not name whose price it is",
};

let trial: Trial;
let questions: Questions;
const { customer, reseller, operator } = tree;

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"), false);
  questions = new Questions(trial.graph, trial.world.tables, "Query");
});
afterAll(() => trial.end());

const allowed = (who: Asker): Field[] =>
  trial.graph.root("Query").filter((field) => trial.graph.isAllowed("Query", field, who.permissions));

/** What somebody is told of its own by every query that it may ask, by field. */
const ownAnswers = async (organisation: Organisation): Promise<Map<string, Answer>> => {
  const who = ownerOf(organisation);
  const answers = new Map<string, Answer>();
  await each(allowed(who), async (field) => {
    const { document, variables } = questions.own(who, field);
    answers.set(field.name, await trial.front.ask(who, document, variables));
  });
  return answers;
};

const plain = (answers: Map<string, Answer>) =>
  new Map([...answers].map(([name, { text }]) => [name, plainly(text, [])]));

const estateOf = (organisation: Organisation) => organisations.filter((one) => isInEstate(organisation, one));
/** What those below are told of, though they do not see it: a coupon is worth something to who knows its code. */
const TOLD = ["billing.coupon"];
const inherited = ({ isInherited, key }: Table) => isInherited || TOLD.includes(key);
const others = (table: Table) => !inherited(table);

const leadsToEntities = (field: Field): boolean => {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return false;
  const nodes = fieldsOf(type).find(({ name }) => name === "nodes");
  const entity = nodes ? getNamedType(nodes.type) : type;
  return isObjectType(entity) && "id" in entity.getFields();
};

it("tells everybody of his own estate, whoever else is there, and the same to the byte", {
  timeout: 180_000,
}, async () => {
  const { world } = trial;
  // What those above let those below read belongs to the answers from the beginning.
  await world.plant(organisations, inherited);
  await world.plant([customer], others);
  const ofCustomer = await ownAnswers(customer);
  await world.plant(
    estateOf(reseller).filter((one) => one !== customer),
    others,
  );
  const ofReseller = await ownAnswers(reseller);
  const elsewhere = organisations.filter((one) => !isInEstate(reseller, one));
  await world.plant(elsewhere, others);
  const ofOperator = await ownAnswers(operator);

  expect(differences(plain(ofCustomer), plain(await ownAnswers(customer)))).toEqual([]);
  expect(differences(plain(ofReseller), plain(await ownAnswers(reseller)))).toEqual([]);

  for (const [organisation, answers] of [
    [customer, ofCustomer],
    [reseller, ofReseller],
    [operator, ofOperator],
  ] as const) {
    const detector = new LeakDetector(world.tables, organisation);
    for (const [name, { text }] of answers)
      expect(detector.leaksIn(text, []), `${name} to ${organisation.name}`).toEqual([]);
  }

  // Nothing is kept back from everybody: somebody sees each field's rows, so that none of it holds for want of an answer.
  const own = [customer, reseller, operator].flatMap((one) => [
    one.canary,
    ...idsOf(world.tables, one).map(({ id }) => id),
  ]);
  const answers = [ofCustomer, ofReseller, ofOperator];
  for (const field of trial.graph.root("Query")) {
    if (trial.graph.isPublic("Query", field)) continue;
    const given = answers.flatMap((all) => all.get(field.name) ?? []);
    const answered = given.filter(({ data, errors }) => errors.length === 0 && data?.[field.name] != null);
    expect(
      answered.length,
      `${field.name}: ${given
        .map(({ text }) => text)
        .join("\n")
        .slice(0, 900)}`,
    ).toBeGreaterThan(0);
    if (!leadsToEntities(field) || field.name in THE_SAME_FOR_ALL) continue;
    const reached = answered.some(({ text }) => own.some((mark) => text.includes(mark)));
    expect(reached, `${field.name} shows nobody a row: ${answered[0]?.text.slice(0, 500)}`).toBe(true);
  }
});

import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import { type Question, Questions } from "./asked.js";
import { differences, plainly } from "./asking.js";
import { ownerOf } from "./callers.js";
import type { Field } from "./graph.js";
import { idsOf, LeakDetector } from "./leaks.js";
import { Listener } from "./listening.js";
import { foreignTo, type Organisation, tree } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

const { customer, sibling, reseller, otherCustomer } = tree;
const who = ownerOf(customer);
let trial: Trial;
let questions: Questions;
let fields: Field[];
const listeners: Listener[] = [];

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"));
  questions = new Questions(trial.graph, trial.world.tables, "Subscription");
  fields = trial.graph.root("Subscription");
  await trial.world.start();
}, 60_000);
afterAll(async () => {
  await Promise.all(listeners.map((one) => one.close()));
  await trial.end();
});

const listen = (question: Question, isShared = false): Listener => {
  const listener = new Listener(trial.world, trial.graph, who, question, isShared);
  listeners.push(listener);
  return listener;
};

/** Everything that an owner may do with what is the organisation's own, so that something happens there. */
const stir = async (organisation: Organisation): Promise<void> => {
  const owner = ownerOf(organisation);
  const mutations = new Questions(trial.graph, trial.world.tables, "Mutation");
  for (const isFull of [false, true]) {
    for (const field of trial.graph.root("Mutation")) {
      const { graph, front } = trial;
      if (graph.isPublic("Mutation", field) || !graph.isAllowed("Mutation", field, owner.permissions)) continue;
      const { document, variables } = mutations.own(owner, field, 0, { isFull });
      await front.ask(owner, document, variables);
    }
  }
};

const delivered = async () => {
  for (const name of SUBGRAPH_NAMES) await trial.world.subgraphs[name].delivered();
};

/** What is opened with ids of others, beside the same with ids of nobody. */
const listenToOthers = () =>
  fields.flatMap((field) =>
    questions.slots(field).map((slot) => ({
      place: `${field.name}(${slot.path.join(".")})`,
      unknown: listen(questions.foreign(who, field, slot, null)),
      foreign: foreignTo(customer).map((owner) => listen(questions.foreign(who, field, slot, owner))),
    })),
  );

it("tells of one's own estate only, whatever happens elsewhere and whatever is asked for", {
  timeout: 180_000,
}, async () => {
  const own = fields.map((field) => listen(questions.own(who, field)));
  // As one of several who share a stream, of whom the subgraph knows no more than what they may see.
  const shared = fields.map((field) => listen(questions.own(who, field), true));
  const others = listenToOthers();

  for (const stranger of [sibling, reseller, otherCustomer]) await stir(stranger);
  await stir(customer);
  await delivered();

  const marks = [customer.canary, ...idsOf(trial.world.tables, customer).map(({ id }) => id)];
  const silent = () =>
    own.filter(({ text }) => !marks.some((mark) => text.includes(mark))).map(({ question }) => question.field.name);
  await until(() => silent().length === 0, 60_000).catch(() => undefined); // the names say more than that it took too long
  expect(silent()).toEqual([]);

  // All that ever happened, from the first event on.
  const resumable = own.filter(({ question }) => question.field.args.some(({ name }) => name === "after"));
  const replayed = resumable.map(({ question, heard }) => ({
    before: heard.length,
    listener: listen(questions.own(who, question.field, 2, { given: { after: "0" } })),
  }));
  await until(() => replayed.every(({ before, listener }) => listener.heard.length >= before), 60_000);

  const detector = new LeakDetector(trial.world.tables, customer);
  const leaks = listeners.flatMap(({ text, question }) =>
    detector.leaksIn(text, question.asked).map((of) => `${question.field.name} tells of ${of}: ${text.slice(0, 300)}`),
  );
  expect(leaks).toEqual([]);
  for (const { place, unknown, foreign } of others) {
    const texts = (listener: Listener) => new Map([[place, plainly(listener.text, listener.question.asked)]]);
    for (const one of foreign) expect(differences(texts(unknown), texts(one))).toEqual([]);
  }
  expect(resumable.length).toBeGreaterThan(3);
  expect(shared.some(({ heard }) => heard.length > 0)).toBe(true);
});

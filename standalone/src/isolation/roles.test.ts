import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Question, Questions } from "./asked.js";
import { type Answer, answerOf, codesOf, differences, each, requestOf } from "./asking.js";
import { type Asker, askersOf, ownerOf } from "./callers.js";
import { digestOf } from "./digest.js";
import type { Field, RootType } from "./graph.js";
import { LeakDetector } from "./leaks.js";
import { forbiddenWithin } from "./paths.js";
import { organisations, tree } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

const standing = [tree.customer, tree.reseller];
let trial: Trial;

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"));
});
afterAll(() => trial.end());

const questionsOf = (type: RootType) => new Questions(trial.graph, trial.world.tables, type);

/** Past the gateway, which would refuse the whole operation: the subgraph decides for itself. */
const askSubgraph = async (who: Asker, type: RootType, { field, document, variables }: Question): Promise<Answer> => {
  const subgraph = trial.world.subgraphs[trial.graph.ownerOf(type, field.name)];
  const request = { document: parse(document), variables, caller: requestOf(who) };
  if (type !== "Subscription") return answerOf(JSON.stringify(await subgraph.execute(request)));
  const events = subgraph.subscribe(request);
  const { value } = await events.next();
  await events.return?.();
  return answerOf(JSON.stringify(value ?? {}));
};

/** An own question that selects as little as can be: what is asked for is only whether it is answered. */
const plainQuestion = (type: RootType, who: Asker, field: Field): Question => {
  const { organisation } = who;
  const question = questionsOf(type).own(ownerOf(organisation), field, 0);
  return { ...question, document: question.document.replace(/\{ __typename .*\}/, "{ __typename } }") };
};

const refusedRoots = (type: RootType, who: Asker): Field[] =>
  trial.graph.root(type).filter((field) => !trial.graph.isAllowed(type, field, who.permissions));

describe.each(standing)("the roles of the $name", (organisation) => {
  it("open nothing that they do not name, and change nothing", { timeout: 180_000 }, async () => {
    const { world } = trial;
    const watched = world.tables.filter(({ name }) => !["outbox", "outbox_aggregate"].includes(name));
    const before = await digestOf(world.sql, watched, organisations);
    const found: string[] = [];
    let refusals = 0;
    for (const who of askersOf(organisation)) {
      for (const type of ["Query", "Mutation", "Subscription"] as const) {
        const code = who.claims ? "FORBIDDEN" : "UNAUTHENTICATED";
        await each(refusedRoots(type, who), async (field) => {
          const answer = await askSubgraph(who, type, plainQuestion(type, who, field));
          const isRefused = (answer.data?.[field.name] ?? null) === null && codesOf(answer).join() === code;
          if (!isRefused) found.push(`${who.role}: ${type}.${field.name} ${answer.text.slice(0, 300)}`);
          refusals += 1;
        });
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
    expect(differences(before, await digestOf(world.sql, watched, organisations))).toEqual([]);
    expect(refusals).toBeGreaterThan(300);
  });

  it("are refused by the gateway before any subgraph hears of it", { timeout: 180_000 }, async () => {
    const found: string[] = [];
    for (const who of askersOf(organisation).filter(({ role }) => ["nothing", "viewer", "anonymous"].includes(role))) {
      for (const type of ["Query", "Mutation"] as const) {
        const code = who.claims ? "FORBIDDEN" : "UNAUTHENTICATED";
        await each(refusedRoots(type, who), async (field) => {
          const { document, variables } = plainQuestion(type, who, field);
          const answer = await trial.front.ask(who, document, variables);
          if (answer.data !== null || codesOf(answer).join() !== code)
            found.push(`${who.role}: ${type}.${field.name} ${answer.text.slice(0, 300)}`);
        });
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
  });

  it("let nobody come to a field by a way through others", { timeout: 180_000 }, async () => {
    const found: string[] = [];
    let asked = 0;
    for (const who of askersOf(organisation).filter(({ claims }) => claims !== null)) {
      await each(forbiddenWithin(trial.graph, questionsOf("Query"), who), async ({ coordinate, question }) => {
        const answer = await trial.front.ask(who, question.document, question.variables);
        asked += 1;
        if (answer.data !== null || codesOf(answer).join() !== "FORBIDDEN")
          found.push(`${who.role}: ${coordinate} ${question.document} ${answer.text.slice(0, 300)}`);
      });
    }
    expect(found.slice(0, 12)).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  });

  it("open everything that they do name, of one's own and of nobody else", { timeout: 180_000 }, async () => {
    const found: string[] = [];
    const detector = new LeakDetector(trial.world.tables, organisation);
    const questions = questionsOf("Query");
    const may = (who: Asker) =>
      trial.graph.root("Query").filter((field) => trial.graph.isAllowed("Query", field, who.permissions));
    for (const who of askersOf(organisation).filter(({ claims }) => claims !== null)) {
      await each(
        may(who).filter((field) => !trial.graph.isPublic("Query", field)),
        async (field) => {
          const { document, variables } = questions.own(who, field);
          const answer = await trial.front.ask(who, document, variables);
          const leaks = detector.leaksIn(answer.text, []);
          // Some things are a person's own, which no API key has.
          const refusals = codesOf(answer).filter((code) => who.role !== "key" || code !== "FORBIDDEN");
          if (refusals.length > 0 || leaks.length > 0)
            found.push(`${who.role}: ${field.name} ${leaks.join(", ")} ${JSON.stringify(answer.errors).slice(0, 500)}`);
        },
      );
    }
    expect(found.slice(0, 12)).toEqual([]);
  });
});

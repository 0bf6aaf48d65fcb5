import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { codesOf, differences, plainly } from "./asking.js";
import { askersOf, ownerOf } from "./callers.js";
import { askEntities, type Entity, entitiesOf, fieldsFor, withSlots } from "./entities.js";
import { idsOf, LeakDetector } from "./leaks.js";
import { entityOfSlot, slotsOf } from "./slots.js";
import { foreignTo, idOf, isInEstate, type Organisation, tree, unknownId } from "./tree.js";
import { startTrial, type Trial } from "./trial.js";

/** Entities that no table holds: they belong to the platform, and all see the same. */
const OF_THE_PLATFORM = ["vm_template"];

const standing = [tree.customer, tree.reseller];
let trial: Trial;
let entities: Entity[];

beforeAll(async () => {
  trial = await startTrial(inject("postgresUrl"));
  entities = entitiesOf(trial.world);
});
afterAll(() => trial.end());

const idFor = (owner: Organisation, table: string) => (table === "organisation" ? owner.id : idOf(owner, table));
const isInherited = (name: string) => trial.world.tables.some((table) => table.name === name && table.isInherited);

it("knows of every entity which rows it shows", () => {
  const tables = trial.world.tables.map((table) => table.name);
  const unknown = entities.filter(({ table }) => !tables.includes(table) && !OF_THE_PLATFORM.includes(table));
  expect(unknown.map(({ subgraph, type }) => `${subgraph} ${type.name}`)).toEqual([]);
  expect(entities.length).toBeGreaterThan(15);
});

describe.each(standing)("what subgraphs join for the $name", (organisation) => {
  it("is one's own only, whatever id stands in a representation", { timeout: 120_000 }, async () => {
    const { world, graph } = trial;
    const who = ownerOf(organisation);
    const detector = new LeakDetector(world.tables, organisation);
    const found: string[] = [];
    for (const entity of entities) {
      const name = `${entity.subgraph} ${entity.type.name}`;
      const selection = fieldsFor(graph, world, who, entity)
        .filter((one) => one.isAllowed)
        .map(({ text }) => text)
        .join(" ");
      const unknown = await askEntities(world, who, entity, [unknownId(entity.table)], selection);
      for (const owner of foreignTo(organisation)) {
        if (isInherited(entity.table) && isInEstate(owner, organisation)) continue;
        const id = idFor(owner, entity.table);
        const answer = await askEntities(world, who, entity, [id], selection);
        found.push(
          ...detector.leaksIn(answer.text, [id]).map((of) => `${name} tells of ${of}: ${answer.text.slice(0, 300)}`),
        );
        const before = new Map([[`${name} of ${owner.name}`, plainly(unknown.text, [unknownId(entity.table)])]]);
        found.push(...differences(before, new Map([[`${name} of ${owner.name}`, plainly(answer.text, [id])]])));
        const all = idsOf(world.tables, owner).filter(({ table }) => !isInherited(table));
        const mixed = await askEntities(
          world,
          who,
          entity,
          all.map((one) => one.id),
          selection,
        );
        found.push(
          ...detector
            .leaksIn(
              mixed.text,
              all.map((one) => one.id),
            )
            .map((of) => `${name} tells of ${of}`),
        );
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
  });

  it("takes no foreign ids in the arguments of its fields", { timeout: 120_000 }, async () => {
    const { world, graph } = trial;
    const who = ownerOf(organisation);
    const detector = new LeakDetector(world.tables, organisation);
    const found: string[] = [];
    for (const entity of entities) {
      for (const field of withSlots(entity)) {
        for (const slot of slotsOf(field)) {
          const what = entityOfSlot(world.tables, entity.subgraph, field, slot) ?? "user";
          const ask = async (id: string) => {
            const ids = (path: readonly string[], isList: boolean) => {
              if (path.join(".") !== slot.path.join(".")) return undefined;
              return isList ? [id] : id;
            };
            const text = fieldsFor(graph, world, who, entity, ids).find((one) => one.field === field)?.text ?? "id";
            const answer = await askEntities(world, who, entity, [idFor(organisation, entity.table)], text);
            found.push(...detector.leaksIn(answer.text, [id]).map((of) => `${field.name} tells of ${of}`));
            return plainly(answer.text, [id]);
          };
          const unknown = await ask(unknownId(what));
          for (const owner of foreignTo(organisation)) {
            const name = `${entity.type.name}.${field.name}(${slot.path.join(".")}) of ${owner.name}`;
            found.push(...differences(new Map([[name, unknown]]), new Map([[name, await ask(idFor(owner, what))]])));
          }
        }
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
  });

  it("is there for those who may see it, field by field, and for no one else", { timeout: 120_000 }, async () => {
    const { world, graph } = trial;
    const found: string[] = [];
    let refusals = 0;
    for (const who of askersOf(organisation)) {
      const code = who.claims ? "FORBIDDEN" : "UNAUTHENTICATED";
      for (const entity of entities.filter(({ table }) => !OF_THE_PLATFORM.includes(table))) {
        const id = idFor(organisation, entity.table);
        const fields = fieldsFor(graph, world, who, entity).filter(({ field }) => field.name !== "id");
        for (const { text, field } of fields.filter(({ isAllowed }) => !isAllowed)) {
          const answer = await askEntities(world, who, entity, [id], text);
          const isRefused = codesOf(answer).join() === code && !answer.text.includes(organisation.canary);
          if (!isRefused) found.push(`${who.role}: ${entity.type.name}.${field.name} ${answer.text.slice(0, 300)}`);
          refusals += 1;
        }
        const open = fields.filter(({ isAllowed }) => isAllowed).map(({ text }) => text);
        if (who.role !== "owner" || open.length === 0) continue;
        const answer = await askEntities(world, who, entity, [id], open.join(" "));
        const [one] = (answer.data?.["_entities"] ?? []) as unknown[]; // as `_entities` answers
        if (one === null || answer.errors.length > 0)
          found.push(`${who.role} does not see ${entity.subgraph} ${entity.type.name}: ${answer.text.slice(0, 500)}`);
      }
    }
    expect(found.slice(0, 12)).toEqual([]);
    expect(refusals).toBeGreaterThan(200);
  });
});

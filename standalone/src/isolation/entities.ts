import { type GraphQLObjectType, isObjectType, isUnionType, parse } from "graphql";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";
import { type Answer, answerOf, requestOf } from "./asking.js";
import type { Asker } from "./callers.js";
import type { Table } from "./catalogue.js";
import { type Field, fieldsOf, type Graph } from "./graph.js";
import { argumentsFor, type IdChoice } from "./inputs.js";
import { argumentsText, selectionOf } from "./selections.js";
import { slotsOf } from "./slots.js";
import { entityOf } from "./values.js";
import type { World } from "./world.js";

/** An entity as one subgraph resolves it when the gateway asks for it by its key. */
export interface Entity {
  subgraph: SubgraphName;
  type: GraphQLObjectType;
  /** The table whose ids it has. */
  table: string;
}

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace("whats_app", "whatsapp");

/** Every way straight into a subgraph: the members of its `_Entity` union. @throws for one without a known table. */
export const entitiesOf = (world: World): Entity[] =>
  SUBGRAPH_NAMES.flatMap((subgraph) => {
    const union = world.subgraphs[subgraph].schema.getType("_Entity");
    const members = isUnionType(union) ? union.getTypes().filter(isObjectType) : [];
    return members.map((type) => ({ subgraph, type, table: tableOf(world.tables, type) }));
  });

const tableOf = (tables: readonly Table[], type: GraphQLObjectType): string =>
  entityOf(tables, null, `${snake(type.name)}_id`) ?? snake(type.name);

/** Asks a subgraph for entities by their ids, as the gateway does. */
export const askEntities = async (
  world: World,
  who: Asker,
  { subgraph, type }: Entity,
  ids: readonly string[],
  selection: string,
): Promise<Answer> => {
  const document = parse(
    `query ($them: [_Any!]!) { _entities(representations: $them) { ... on ${type.name} { ${selection} } } }`,
  );
  const variables = { them: ids.map((id) => ({ __typename: type.name, id })) };
  return answerOf(
    JSON.stringify(await world.subgraphs[subgraph].execute({ document, variables, caller: requestOf(who) })),
  );
};

/** Every field that the subgraph has of the entity and that somebody may see, or may not; with ids in its arguments. */
export const fieldsFor = (
  graph: Graph,
  world: World,
  who: Asker,
  { subgraph, type }: Entity,
  ids: IdChoice = () => undefined,
): { field: Field; isAllowed: boolean; text: string }[] => {
  const { schema } = world.subgraphs[subgraph];
  const isAllowed = (name: string, field: Field) => graph.isAllowedBy(subgraph, name, field, who.permissions);
  return fieldsOf(type).flatMap((field) => {
    // Federation's own, and what the composed graph does not show.
    if (field.name.startsWith("_") || !(field.name in graph.objectType(type.name).getFields())) return [];
    const inner = selectionOf({ schema, isAllowed, ids: () => undefined }, field.type, 2) ?? "{ __typename }";
    const values = argumentsFor(field, ids);
    const text = `${field.name}${argumentsText(schema, values)} ${inner}`;
    return [{ field, isAllowed: isAllowed(type.name, field), text }];
  });
};

/** Fields of entities that take ids themselves. */
export const withSlots = (entity: Entity): Field[] =>
  fieldsOf(entity.type).filter((field) => slotsOf(field).length > 0);

import { createHash } from "node:crypto";
import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from "@apollo/query-planner";
import { type ArgumentNode, type DocumentNode, type FieldNode, Kind, parse, print } from "graphql";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { selectsAny } from "./selects.js";

type Variables = Readonly<Record<string, unknown>>;

/** What of a subscription decides whether several callers may share its events. */
export interface Sharing {
  /** Hash of the printed document: two that differ in nothing but spaces are one. */
  document: string;
  /** Whether each event is a full picture, so that who comes later is served with the last one. */
  newestWins: boolean;
  /**
   * Whether several people of one scope may share it: nothing that is selected, or fetched for it unasked, depends on the
   * person, and its events are full pictures or in an order of their own, so that who comes later misses nothing.
   */
  withinScope: boolean;
  /** Whether a subscriber wants events of the past, which nobody else wants. */
  replays: (variables: Variables) => boolean;
}

/** The argument that names the event behind which a stream goes on. */
const cursorArgument = "after";

/** How a planned subscription can be shared; null for what is none. */
export function sharingOf(supergraph: LoadedSupergraph, document: DocumentNode, plan: QueryPlan): Sharing | null {
  const { node } = plan;
  if (node?.kind !== "Subscription") return null;
  const roots = rootsOf(node);
  const type = supergraph.apiSchema.getSubscriptionType();
  const hasCursor = ({ name }: FieldNode): boolean =>
    type?.getFields()[name.value]?.args.some((argument) => argument.name === cursorArgument) ?? false;
  const newestWins = roots.every(({ name }) => supergraph.notes.newestWins.has(name.value));
  const { perPerson } = supergraph.notes;
  const asksThePerson = () =>
    fetchesOf(node).some((fetch) => selectsAny(supergraph.fullSchema, documentOf(fetch), perPerson));
  const cursors = roots.flatMap((field) => (field.arguments ?? []).filter(({ name }) => name.value === cursorArgument));
  return {
    document: createHash("sha256").update(print(document)).digest("base64"),
    newestWins,
    withinScope: (newestWins || roots.every(hasCursor)) && !asksThePerson(),
    replays: (variables) => cursors.some((argument) => isGiven(argument, variables)),
  };
}

function isGiven({ value }: ArgumentNode, variables: Variables): boolean {
  if (value.kind === Kind.VARIABLE) return (variables[value.name.value] ?? null) !== null;
  return value.kind !== Kind.NULL;
}

function rootsOf({ primary }: SubscriptionNode): FieldNode[] {
  return documentOf(primary).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD)
      : [],
  );
}

function fetchesOf(node: PlanNode | SubscriptionNode): FetchNode[] {
  switch (node.kind) {
    case "Fetch":
      return [node];
    case "Flatten":
      return fetchesOf(node.node);
    case "Sequence":
    case "Parallel":
      return node.nodes.flatMap(fetchesOf);
    case "Condition":
      return [node.ifClause, node.elseClause].flatMap((clause) => (clause ? fetchesOf(clause) : []));
    case "Defer":
      return [node.primary.node, ...node.deferred.map((part) => part.node)].flatMap((one) =>
        one ? fetchesOf(one) : [],
      );
    case "Subscription":
      return [node.primary, ...(node.rest ? fetchesOf(node.rest) : [])];
  }
}

/** The operation of a planned fetch. */
export function documentOf(fetch: FetchNode): DocumentNode {
  return fetch.operationDocumentNode ?? parse(fetch.operation);
}

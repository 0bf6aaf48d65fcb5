import { createHash } from "node:crypto";
import { operationFromDocument } from "@apollo/federation-internals";
import { buildOperationContext } from "@apollo/gateway";
import type { QueryPlan } from "@apollo/query-planner";
import type { DocumentNode } from "graphql";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { BoundedMap } from "./bounded-map.js";
import { findRequirements, type Requirement } from "./requirements.js";

/** One operation of a document, planned; independent of variables and of who asks. */
export interface PlannedOperation {
  plan: QueryPlan;
  context: ReturnType<typeof buildOperationContext>;
  requirements: readonly Requirement[];
}

/** The plans of the operations that were asked lately. */
export class Plans {
  private readonly planned: BoundedMap<string, PlannedOperation>;

  constructor(capacity: number) {
    this.planned = new BoundedMap(capacity);
  }

  /**
   * Plans a validated operation, or finds its plan.
   * @param source the text the document was parsed from: the key, together with supergraph and operation name
   * @throws GraphQLError when the operation cannot be told, or is too large to plan
   */
  get(
    supergraph: LoadedSupergraph,
    source: string,
    document: DocumentNode,
    operationName: string | null,
  ): PlannedOperation {
    const key = `${supergraph.id} ${operationName ?? ""} ${hashOf(source)}`;
    const known = this.planned.get(key);
    if (known) return known;
    const planned = planOperation(supergraph, document, operationName);
    this.planned.set(key, planned);
    return planned;
  }

  get size(): number {
    return this.planned.size;
  }
}

function planOperation(
  supergraph: LoadedSupergraph,
  operationDocument: DocumentNode,
  operationName: string | null,
): PlannedOperation {
  const named = operationName ? { operationName } : {};
  const context = buildOperationContext({ schema: supergraph.apiSchema, operationDocument, ...named });
  const { operation, fragments } = context;
  return {
    plan: supergraph.planner.buildQueryPlan(operationFromDocument(supergraph.plannerApi, operationDocument, named)),
    context,
    requirements: findRequirements(supergraph.apiSchema, supergraph.notes.guards, operation, fragments),
  };
}

/** Keys stay small however long the text is. */
export function hashOf(source: string): string {
  return createHash("sha256").update(source).digest("base64");
}

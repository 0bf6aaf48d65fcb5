import { operationFromDocument } from "@apollo/federation-internals";
import { buildOperationContext } from "@apollo/gateway";
import type { QueryPlan } from "@apollo/query-planner";
import { inSpanAtOnce } from "@tollgate/kit/observe";
import type { DocumentNode } from "graphql";
import { meters } from "../observe/meters.js";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { chosenOperation } from "./chosen-operation.js";
import { costOf, type OperationCost } from "./cost.js";
import { OperationCache } from "./operation-cache.js";
import { findRequirements, type Requirement } from "./requirements.js";
import { type Sharing, sharingOf } from "./sharing.js";

/** One operation of a document, planned; independent of variables and of who asks. */
export interface PlannedOperation {
  plan: QueryPlan;
  context: ReturnType<typeof buildOperationContext>;
  requirements: readonly Requirement[];
  /** Estimated, with the variables of a request. */
  cost: OperationCost;
  /** Of a subscription that callers may share. */
  sharing: Sharing | null;
}

/** The plans of the operations that were asked lately. */
export class Plans {
  private readonly planned: OperationCache<PlannedOperation>;

  /** @param capacity how many plans of usual operations are kept */
  constructor(readonly capacity: number) {
    this.planned = new OperationCache(capacity);
  }

  get size(): number {
    return this.planned.size;
  }

  /**
   * Plans a validated operation, or finds its plan.
   * @param source the text the document was parsed from
   * @throws GraphQLError INVALID_INPUT when the operation cannot be told, or is too large to plan
   */
  get(
    supergraph: LoadedSupergraph,
    source: string,
    document: DocumentNode,
    operationName: string | null,
  ): PlannedOperation {
    return inSpanAtOnce("plan", {}, (span) => {
      let isNew = false;
      const planned = this.planned.find(supergraph, source, operationName, () => {
        isNew = true;
        const timed = meters.planning.startTimer();
        const made = planOperation(supergraph, document, operationName);
        timed();
        return made;
      });
      meters.plans.inc({ result: isNew ? "made" : "cached" });
      span?.setAttribute("tollgate.plan.cached", !isNew);
      return planned;
    });
  }
}

function planOperation(
  supergraph: LoadedSupergraph,
  operationDocument: DocumentNode,
  operationName: string | null,
): PlannedOperation {
  chosenOperation(operationDocument, operationName);
  const named = operationName ? { operationName } : {};
  const context = buildOperationContext({ schema: supergraph.apiSchema, operationDocument, ...named });
  const { operation, fragments } = context;
  const plan = supergraph.planner.buildQueryPlan(
    operationFromDocument(supergraph.plannerApi, operationDocument, named),
  );
  return {
    plan,
    context,
    requirements: findRequirements(supergraph.apiSchema, supergraph.notes.guards, operation, fragments),
    cost: costOf(supergraph.apiSchema, supergraph.costs, operation, fragments),
    sharing: sharingOf(supergraph, operationDocument, plan),
  };
}

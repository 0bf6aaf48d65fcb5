import { executeQueryPlan, type ServiceMap } from "@apollo/gateway";
import { prettyFormatQueryPlan, type QueryPlan } from "@apollo/query-planner";
import type { GatewayGraphQLRequestContext } from "@apollo/server-gateway-interface";
import type { RequestCaller, SubgraphService } from "@tollgate/kit/protocol";
import { type DocumentNode, type ExecutionResult, GraphQLError, getVariableValues } from "graphql";
import type { Logger } from "pino";
import { isExpected, presentAsError, refusal } from "../observe/errors.js";
import { OperationCache } from "../plan/operation-cache.js";
import type { PlannedOperation, Plans } from "../plan/plans.js";
import type { TrustedDocuments } from "../plan/trusted-documents.js";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { ServiceDataSource } from "../transport/data-source.js";
import { GuardedService } from "../transport/guarded-service.js";
import type { OperationContext } from "./context.js";
import { dueRequirements, type MissingPermission, missingPermission } from "./permissions.js";

/** One operation of a client, parsed and validated. */
export interface OperationRequest {
  supergraph: LoadedSupergraph;
  source: string;
  document: DocumentNode;
  operationName: string | null;
  variables: Readonly<Record<string, unknown>>;
  context: OperationContext;
  /** Whether the answer shall tell the operation's cost and, to those who may know, its plan. */
  explain?: boolean;
}

/** An operation that may be done, with its plan. */
export interface PreparedOperation extends OperationRequest {
  planned: PlannedOperation;
  /** The variables as the schema takes them, defaults included. */
  coerced: Readonly<Record<string, unknown>>;
  /** Estimated with the variables. */
  cost: number;
}

export interface ExecutionRules {
  /** Estimated cost that one operation may have. */
  maximumCost: number;
  /** Who may see how operations are planned, and ask what is not registered. */
  mayExplore: (caller: RequestCaller) => boolean;
  /** The only documents that others may ask; null: everybody may ask anything. */
  only: TrustedDocuments | null;
  /** Hears of operations that were refused for want of a permission. */
  onForbidden: (caller: RequestCaller, missing: MissingPermission) => void;
}

type Services = ReadonlyMap<string, GuardedService>;

/** A list of a hundred thousand wrong values is refused in an answer smaller than itself. */
const toldMistakes = 10;

/** Plans and executes operations over the subgraphs. */
export class Executor {
  private services: Services;
  private readonly bySupergraph = new WeakMap<LoadedSupergraph, Services>();
  private readonly guarded = new WeakMap<SubgraphService, GuardedService>();
  private readonly trusted: OperationCache<boolean>;

  constructor(
    services: readonly SubgraphService[],
    private readonly plans: Plans,
    private readonly logger: Logger,
    private readonly rules: ExecutionRules,
  ) {
    this.trusted = new OperationCache(plans.capacity);
    this.services = this.guard(services);
  }

  /** Operations of this supergraph are answered by these; those of others go on with what they had. */
  serve(supergraph: LoadedSupergraph, services: readonly SubgraphService[]): void {
    this.services = this.guard(services);
    this.bySupergraph.set(supergraph, this.services);
  }

  /** Answers a query or mutation. Never throws: whatever happens is in the errors of the result. */
  async execute(request: OperationRequest): Promise<ExecutionResult> {
    const { caller } = request.context;
    try {
      const operation = this.prepare(request);
      if (operation.planned.context.operation.operation === "subscription") {
        throw refusal(
          "INVALID_INPUT",
          "Subscriptions are served over WebSocket (graphql-transport-ws) and as text/event-stream",
        );
      }
      if (operation.planned.context.operation.operation === "query") request.context.isRead();
      const result = await this.run(operation, operation.planned.plan, {});
      return operation.explain ? { ...result, extensions: this.explanation(operation) } : result;
    } catch (error) {
      return { data: null, errors: this.present([error], caller.requestId) };
    }
  }

  /**
   * Checks who asks, the variables and what the caller may do, and finds the plan.
   * @throws GraphQLError the refusal, as clients may see it
   */
  prepare(request: OperationRequest): PreparedOperation {
    const { supergraph, context } = request;
    if (context.refusal) throw context.refusal;
    if (!this.mayAsk(request)) throw refusal("FORBIDDEN", "Only registered operations are answered here");
    const planned = this.plans.get(supergraph, request.source, request.document, request.operationName);
    const definitions = planned.context.operation.variableDefinitions ?? [];
    const { coerced, errors } = getVariableValues(
      supergraph.apiSchema,
      definitions,
      { ...request.variables },
      { maxErrors: toldMistakes },
    );
    if (errors) throw refusal("INVALID_INPUT", errors.map((error) => error.message).join("; "));
    const due = dueRequirements(planned.requirements, coerced);
    if (due.length > 0 && !context.caller.claims) throw refusal("UNAUTHENTICATED", "Sign in first");
    const missing = missingPermission(due, context.caller);
    if (missing) throw this.forbidden(context.caller, missing);
    const cost = planned.cost(coerced);
    context.costs(cost);
    if (cost > this.rules.maximumCost) throw tooExpensive(cost, this.rules.maximumCost);
    return { ...request, planned, coerced, cost };
  }

  /**
   * Runs a plan through the stock executor and shapes the answer.
   * @param overrides data sources that stand in for a subgraph's own
   */
  async run(operation: PreparedOperation, plan: QueryPlan, overrides: ServiceMap): Promise<ExecutionResult> {
    const { supergraph, planned, context } = operation;
    const services = { ...this.dataSources(supergraph, context), ...overrides };
    const { fullSchema, plannerApi } = supergraph;
    const result = await executeQueryPlan(
      plan,
      services,
      this.stockContext(operation),
      planned.context,
      fullSchema,
      plannerApi,
    );
    const errors: unknown[] = [...(result.errors ?? []), ...completionErrors(result.extensions)];
    const data = result.data ?? null;
    return errors.length === 0 ? { data } : { data, errors: this.present(errors, context.caller.requestId) };
  }

  private mayAsk({ supergraph, source, document, context }: OperationRequest): boolean {
    const { only, mayExplore } = this.rules;
    return !only || mayExplore(context.caller) || this.trusted.find(supergraph, source, null, () => only.has(document));
  }

  /** What an operation costs, and how it is planned: the plan for those only who may look into operations. */
  explanation({ cost, planned, context }: PreparedOperation): Record<string, unknown> {
    const plan = this.rules.mayExplore(context.caller) ? { plan: prettyFormatQueryPlan(planned.plan) } : {};
    return { cost: { estimated: cost, allowed: this.rules.maximumCost }, ...plan };
  }

  private forbidden(caller: RequestCaller, missing: MissingPermission): GraphQLError {
    this.rules.onForbidden(caller, missing);
    return refusal("FORBIDDEN", `${missing.coordinate} needs the permission ${missing.permission}`);
  }

  /** How to learn the state of each subgraph's breaker. */
  get breakers(): ReadonlyMap<string, () => GuardedService["breakerState"]> {
    return new Map([...this.services].map(([name, service]) => [name, () => service.breakerState]));
  }

  service(supergraph: LoadedSupergraph, name: string): SubgraphService | undefined {
    return this.servicesOf(supergraph).get(name);
  }

  /** Whether all subgraphs can be asked in the name of several callers at once. */
  servicesTakeScopes(supergraph: LoadedSupergraph): boolean {
    return [...this.servicesOf(supergraph).values()].every(({ takesScopes }) => takesScopes);
  }

  dataSource(service: SubgraphService, context: OperationContext): ServiceDataSource {
    return new ServiceDataSource(service, context, this.logger);
  }

  /** The errors as clients see them; unexpected ones are logged. */
  present(errors: readonly unknown[], requestId: string): GraphQLError[] {
    return errors.map((error) => {
      const known = error instanceof GraphQLError && isExpected(error);
      if (!known) this.logger.error({ err: error, requestId }, "operation met an unexpected error");
      return presentAsError(error, requestId);
    });
  }

  private dataSources(supergraph: LoadedSupergraph, context: OperationContext): ServiceMap {
    const services = [...this.servicesOf(supergraph).values()];
    return Object.fromEntries(services.map((service) => [service.name, this.dataSource(service, context)]));
  }

  private servicesOf(supergraph: LoadedSupergraph): Services {
    return this.bySupergraph.get(supergraph) ?? this.services;
  }

  /** A service that stays keeps what its breaker knows. */
  private guard(services: readonly SubgraphService[]): Services {
    return new Map(
      services.map((service) => {
        const guarded = this.guarded.get(service) ?? new GuardedService(service);
        this.guarded.set(service, guarded);
        return [service.name, guarded];
      }),
    );
  }

  private stockContext(operation: PreparedOperation): GatewayGraphQLRequestContext {
    const { context, document, variables, operationName, planned } = operation;
    const stock = { request: { variables }, context, document, operationName, metrics: {}, logger: this.logger };
    // The rest of the type is Apollo Server's own (caches, hashes): the stock executor reads none of it.
    return { ...stock, operation: planned.context.operation } as unknown as GatewayGraphQLRequestContext;
  }
}

function tooExpensive(cost: number, allowed: number): GraphQLError {
  const message = `The operation would cost ${cost}; ${allowed} is allowed. Ask for fewer items at once`;
  return refusal("INVALID_INPUT", message, { cost: { estimated: cost, allowed } });
}

/** What a subgraph answered against its own schema is an error here, not silently null. */
function completionErrors(extensions: Record<string, unknown> | undefined): unknown[] {
  const found = extensions?.valueCompletion;
  return Array.isArray(found) ? found : [];
}

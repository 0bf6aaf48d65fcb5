import type { FetchNode, QueryPlan, SubscriptionNode } from "@apollo/query-planner";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import { type ExecutionResult, GraphQLError, parse } from "graphql";
import type { Logger } from "pino";
import type { Executor, OperationRequest, PreparedOperation } from "../execute/execute.js";
import { startDeadline } from "../limits/deadline.js";
import { codesOf, refusal } from "../observe/errors.js";
import { noteExtensions, rootFields } from "../transport/data-source.js";
import { EventSource } from "./event-source.js";
import { EventStream, isRefusal } from "./event-stream.js";

/** What the reader of a subscription allows, and what it wants to hear. */
export interface SubscriberTerms {
  /** Events that may wait where none may be lost, and for how long when they are that many. */
  queuedEvents: number;
  patienceMilliseconds: number;
  /** Milliseconds that the other subgraphs have to add their fields to one event. */
  eventMilliseconds: number;
  /** The reader is too slow for a subscription that may lose nothing; it has ended. */
  overflowed: () => void;
  /** The subscription has ended, whichever way. */
  closed: (delivered: number, codes: readonly string[]) => void;
}

/** Opens live subscriptions over the subgraphs. */
export class Subscriptions {
  constructor(
    private readonly executor: Executor,
    private readonly logger: Logger,
  ) {}

  /** Opens a subscription, or answers why not. Never throws. */
  open(request: OperationRequest, terms: SubscriberTerms): EventStream | { errors: GraphQLError[] } {
    try {
      const operation = this.executor.prepare(request);
      const { node } = operation.planned.plan;
      if (node?.kind !== "Subscription") throw refusal("INVALID_INPUT", "The operation is no subscription");
      const service = this.executor.service(node.primary.serviceName);
      if (!service) throw refusal("UNAVAILABLE", `${node.primary.serviceName} is unavailable`);
      return this.stream(operation, node, service, terms);
    } catch (error) {
      return { errors: this.executor.present([error], request.context.caller.requestId) };
    }
  }

  private stream(
    operation: PreparedOperation,
    node: SubscriptionNode,
    service: SubgraphService,
    terms: SubscriberTerms,
  ): EventStream {
    const { signal } = operation.context.deadline;
    const upstream = upstreamRequest(operation, node.primary);
    const newestWins = rootFields(upstream.document).every(({ name }) =>
      operation.supergraph.notes.newestWins.has(name),
    );
    const plan = eventPlan(node);
    const codes = new Set<string>();
    const noted = (result: ExecutionResult): ExecutionResult => {
      for (const code of codesOf(result.errors)) codes.add(code);
      return result;
    };
    const extensions = operation.explain ? this.executor.explanation(operation) : null;
    const explained = (result: ExecutionResult): ExecutionResult => (extensions ? { ...result, extensions } : result);
    const stream = new EventStream({
      upstream: this.subscribeAt(service, upstream),
      policy: { newestWins, capacity: terms.queuedEvents, patienceMilliseconds: terms.patienceMilliseconds },
      answer: async (event) => explained(noted(await this.answer(operation, plan, service, event, terms))),
      broken: (error) => noted(this.broken(operation, service, error)),
      overflowed: terms.overflowed,
      closed: (delivered) => {
        signal.removeEventListener("abort", stop);
        operation.context.deadline.giveUp("The subscription has ended"); // also what is fetched for the last event
        terms.closed(delivered, [...codes]);
      },
    });
    const stop = (): void => stream.stop();
    signal.addEventListener("abort", stop, { once: true });
    return stream;
  }

  private subscribeAt(service: SubgraphService, request: SubgraphRequest): AsyncIterator<SubgraphResponse> {
    try {
      return service.subscribe(request);
    } catch (error) {
      this.logger.error({ err: error, requestId: request.caller.requestId, service: service.name }, "subgraph failed");
      throw refusal("UNAVAILABLE", `${service.name} is unavailable`);
    }
  }

  /** One event through the stock executor: its owner answers the first fetch with it, the others add their fields. */
  private async answer(
    operation: PreparedOperation,
    plan: QueryPlan,
    service: SubgraphService,
    event: SubgraphResponse,
    terms: SubscriberTerms,
  ): Promise<ExecutionResult> {
    const { requestId } = operation.context.caller;
    if (isRefusal(event)) return { errors: this.executor.present(errorsOf(event, service.name), requestId) };
    noteExtensions(event, service.name, operation.context);
    const deadline = startDeadline(terms.eventMilliseconds);
    const { signal } = operation.context.deadline;
    const giveUp = (): void => deadline.giveUp("The subscription has ended");
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const context = operation.context.within(deadline);
      const source = new EventSource(event, this.executor.dataSource(service, context));
      return await this.executor.run({ ...operation, context }, plan, { [service.name]: source });
    } catch (error) {
      return { data: null, errors: this.executor.present([error], requestId) };
    } finally {
      deadline.end();
      signal.removeEventListener("abort", giveUp);
    }
  }

  private broken(operation: PreparedOperation, service: SubgraphService, error: unknown): ExecutionResult {
    const { requestId } = operation.context.caller;
    this.logger.error({ err: error, requestId, service: service.name }, "subscription of a subgraph broke");
    return { errors: this.executor.present([refusal("UNAVAILABLE", `${service.name} is unavailable`)], requestId) };
  }
}

/** The plan of one event: what the subscription's owner sends, then what the others add. */
function eventPlan({ primary, rest }: SubscriptionNode): QueryPlan {
  return { kind: "QueryPlan", node: { kind: "Sequence", nodes: rest ? [primary, rest] : [primary] } };
}

function upstreamRequest({ context, variables }: PreparedOperation, primary: FetchNode): SubgraphRequest {
  const used = (primary.variableUsages ?? []).filter((name) => variables[name] !== undefined);
  return {
    document: primary.operationDocumentNode ?? parse(primary.operation),
    operationName: primary.operationName,
    variables: Object.fromEntries(used.map((name) => [name, variables[name]])),
    caller: context.caller,
    signal: context.deadline.signal,
  };
}

function errorsOf({ errors }: SubgraphResponse, serviceName: string): GraphQLError[] {
  return (errors ?? []).map(
    ({ message, path, extensions }) => new GraphQLError(message, { path, extensions: { ...extensions, serviceName } }),
  );
}

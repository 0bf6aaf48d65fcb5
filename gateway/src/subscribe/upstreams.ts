import type { FetchNode, QueryPlan, SubscriptionNode } from "@apollo/query-planner";
import { inSpan } from "@tollgate/kit/observe";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import { type ExecutionResult, GraphQLError } from "graphql";
import type { Logger } from "pino";
import type { Executor, PreparedOperation } from "../execute/execute.js";
import { startDeadline } from "../limits/deadline.js";
import { refusal } from "../observe/errors.js";
import { documentOf } from "../plan/sharing.js";
import { noteExtensions } from "../transport/data-source.js";
import { resumedAfter } from "../transport/resume.js";
import { Answer } from "./answer.js";
import { EventSource } from "./event-source.js";
import { EventStream, isRefusal } from "./event-stream.js";
import type { MailboxPolicy } from "./mailbox.js";

/** In place of an answer: what was asked in the name of several has to be asked by each of them. */
export const askAlone = Symbol("each asks for itself");

export interface UpstreamTerms {
  policy: MailboxPolicy;
  /** The cursor of the event behind which to begin; the client's own wish where it is null. */
  after: string | null;
  /** Milliseconds that the other subgraphs have to add their fields to one event. */
  eventMilliseconds: number;
  /** The reader is too slow for a subscription that may lose nothing; it has ended. */
  overflowed: () => void;
  /** Hears of each answer. */
  answered?: (result: ExecutionResult) => void;
  /** The stream has ended, whichever way. */
  closed: (delivered: number) => void;
}

/** Subscribes at the owner of a subscription, and joins to each event what the other subgraphs add. */
export class Upstreams {
  private open = 0;

  constructor(
    private readonly executor: Executor,
    private readonly logger: Logger,
  ) {}

  /** How many are open. */
  get size(): number {
    return this.open;
  }

  /** For one subscriber. @throws GraphQLError when there is nobody to subscribe at */
  alone(operation: PreparedOperation, terms: UpstreamTerms): EventStream<Answer> {
    const { requestId } = operation.context.caller;
    const extensions = operation.explain ? this.executor.explanation(operation) : null;
    const join = this.joinOf(operation, terms.eventMilliseconds);
    return this.stream<Answer>(operation, terms, async (event, service) => {
      if (isRefusal(event)) return this.answerTo(event, service, requestId);
      noteExtensions(event, service.name, operation.context);
      const { result } = await join(event, service);
      return new Answer(extensions ? { ...result, extensions } : result, event);
    });
  }

  /**
   * For all who ask the same; the operation's caller is their scope. A refusal is each one's own: the subgraph shall hear
   * who it refuses. @throws GraphQLError when there is nobody to subscribe at
   */
  shared(operation: PreparedOperation, terms: UpstreamTerms): EventStream<Answer | typeof askAlone> {
    const join = this.joinOf(operation, terms.eventMilliseconds);
    return this.stream<Answer | typeof askAlone>(
      operation,
      { ...terms, repeats: terms.policy.newestWins },
      async (event, service) => {
        if (isRefusal(event)) return askAlone;
        const { result, isPerPerson } = await join(event, service);
        if (!isPerPerson && !event.extensions?.perPerson) return new Answer(result, event);
        const document = operation.source;
        this.logger.error(
          { document },
          'a shared subscription depends on the person: a field lacks @tag(name: "per-person")',
        );
        return askAlone;
      },
    );
  }

  private stream<T>(
    operation: PreparedOperation,
    terms: UpstreamTerms & { repeats?: boolean },
    answer: (event: SubgraphResponse, service: SubgraphService) => Promise<T | Answer>,
  ): EventStream<T | Answer> {
    const node = subscriptionOf(operation);
    const service = this.executor.service(operation.supergraph, node.primary.serviceName);
    if (!service) throw refusal("UNAVAILABLE", `${node.primary.serviceName} is unavailable`);
    const { deadline, caller } = operation.context;
    const { signal } = deadline;
    const request = upstreamRequest(operation, node.primary);
    const upstream = this.subscribeAt(service, terms.after === null ? request : resumedAfter(request, terms.after));
    this.open += 1;
    const told = <A>(made: A): A => {
      if (made instanceof Answer) terms.answered?.(made.result);
      return made;
    };
    const stream = new EventStream<T | Answer>({
      upstream,
      policy: terms.policy,
      repeats: terms.repeats === true,
      answer: async (event) => told(await answer(event, service)),
      broken: (error) => told(this.broken(service, error, caller.requestId)),
      overflowed: terms.overflowed,
      closed: (delivered) => {
        this.open -= 1;
        signal.removeEventListener("abort", stop);
        deadline.giveUp("The subscription has ended"); // also what is fetched for the last event
        terms.closed(delivered);
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
  private joinOf(operation: PreparedOperation, eventMilliseconds: number) {
    const plan = eventPlan(subscriptionOf(operation));
    const { signal } = operation.context.deadline;
    const { requestId, trace = null } = operation.context.caller;
    const join = async (
      event: SubgraphResponse,
      service: SubgraphService,
    ): Promise<{ result: ExecutionResult; isPerPerson: boolean }> => {
      const deadline = startDeadline(eventMilliseconds);
      const giveUp = (): void => deadline.giveUp("The subscription has ended");
      signal.addEventListener("abort", giveUp, { once: true });
      const context = operation.context.within(deadline);
      try {
        const source = new EventSource(event, this.executor.dataSource(service, context));
        const result = await this.executor.run({ ...operation, context }, plan, { [service.name]: source });
        return { result, isPerPerson: context.isPerPerson };
      } catch (error) {
        return { result: { data: null, errors: this.executor.present([error], requestId) }, isPerPerson: false };
      } finally {
        deadline.end();
        signal.removeEventListener("abort", giveUp);
      }
    };
    // A trace of its own, begun by whoever sent the event, with a link to the one that opened the subscription.
    return (event: SubgraphResponse, service: SubgraphService) =>
      inSpan("event", { parent: event.extensions?.trace ?? null, linkedTo: trace }, () => join(event, service));
  }

  private answerTo(event: SubgraphResponse, service: SubgraphService, requestId: string): Answer {
    return new Answer({ errors: this.executor.present(errorsOf(event, service.name), requestId) });
  }

  private broken(service: SubgraphService, error: unknown, requestId: string): Answer {
    this.logger.error({ err: error, requestId, service: service.name }, "subscription of a subgraph broke");
    const unavailable = refusal("UNAVAILABLE", `${service.name} is unavailable`);
    return new Answer({ errors: this.executor.present([unavailable], requestId) });
  }
}

/** @throws GraphQLError when the operation is no subscription */
export function subscriptionOf({ planned }: PreparedOperation): SubscriptionNode {
  const { node } = planned.plan;
  if (node?.kind !== "Subscription") throw refusal("INVALID_INPUT", "The operation is no subscription");
  return node;
}

/** The plan of one event: what the subscription's owner sends, then what the others add. */
function eventPlan({ primary, rest }: SubscriptionNode): QueryPlan {
  return { kind: "QueryPlan", node: { kind: "Sequence", nodes: rest ? [primary, rest] : [primary] } };
}

function upstreamRequest({ context, variables }: PreparedOperation, primary: FetchNode): SubgraphRequest {
  const used = (primary.variableUsages ?? []).filter((name) => variables[name] !== undefined);
  return {
    document: documentOf(primary),
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

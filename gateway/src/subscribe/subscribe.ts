import type { RequestCaller } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import type { Logger } from "pino";
import type { Executor, OperationRequest, PreparedOperation } from "../execute/execute.js";
import { noDeadline, partOf } from "../limits/deadline.js";
import { codesOf } from "../observe/errors.js";
import { documentOf } from "../plan/sharing.js";
import { rootFields } from "../transport/data-source.js";
import type { LiveStream } from "./answer.js";
import { Hub, type OpenedStream } from "./hub.js";
import { callerOfHeaders, callerOfScope, headersKey, scopeKey } from "./hub-key.js";
import type { MailboxPolicy } from "./mailbox.js";
import { Subscriber } from "./subscriber.js";
import { subscriptionOf, Upstreams } from "./upstreams.js";

/** What the reader of a subscription allows, and what it wants to hear. */
export interface SubscriberTerms {
  /** Events that may wait where none may be lost, and for how long when they are that many. */
  queuedEvents: number;
  patienceMilliseconds: number;
  /** Milliseconds that the other subgraphs have to add their fields to one event. */
  eventMilliseconds: number;
  /** Milliseconds that the answer to a shared event is good for who subscribes later. */
  freshMilliseconds: number;
  /** The cursor of the last event that was delivered, to go on behind it; null for a new subscription. */
  after: string | null;
  /** The reader is too slow for a subscription that may lose nothing; it has ended. */
  overflowed: () => void;
  /** The subscription has ended, whichever way. */
  closed: (delivered: number, codes: readonly string[]) => void;
}

/** What was delivered before a stream goes on alone. */
interface Before {
  delivered: number;
  codes: ReadonlySet<string>;
}

const nothingYet: Before = { delivered: 0, codes: new Set() };

/** Opens live subscriptions over the subgraphs: one for all who ask the same and may see the same, else one for each. */
export class Subscriptions {
  readonly hub = new Hub();
  readonly upstreams: Upstreams;

  constructor(
    private readonly executor: Executor,
    logger: Logger,
  ) {
    this.upstreams = new Upstreams(executor, logger);
  }

  /** Opens a subscription, or answers why not. Never throws. */
  open(request: OperationRequest, terms: SubscriberTerms): LiveStream | { errors: GraphQLError[] } {
    try {
      const operation = this.executor.prepare(request);
      const takeScopes = this.executor.servicesTakeScopes(operation.supergraph);
      const key = takeScopes ? scopeKey(operation) : headersKey(operation);
      if (key === null || terms.after !== null || !this.hub.takes(key)) {
        return this.alone(operation, terms, nothingYet);
      }
      return this.shared(key, operation, terms, takeScopes ? callerOfScope : callerOfHeaders);
    } catch (error) {
      return { errors: this.executor.present([error], request.context.caller.requestId) };
    }
  }

  /** @throws GraphQLError when there is nobody to subscribe at */
  private alone(operation: PreparedOperation, terms: SubscriberTerms, before: Before): LiveStream {
    const codes = new Set(before.codes);
    const policy = policyOf(operation, terms);
    // Of its own: one that has moved to another graph ends here without ending for the client.
    const { context } = operation;
    const deadline = partOf(context.deadline);
    return this.upstreams.alone(
      { ...operation, context: context.within(deadline) },
      {
        policy,
        after: terms.after,
        eventMilliseconds: terms.eventMilliseconds,
        overflowed: terms.overflowed,
        answered: ({ errors }) => {
          for (const code of codesOf(errors)) codes.add(code);
        },
        closed: (delivered) => terms.closed(before.delivered + delivered, [...codes]),
      },
    );
  }

  /** @throws GraphQLError when there is nobody to subscribe at */
  private shared(
    key: string,
    operation: PreparedOperation,
    terms: SubscriberTerms,
    callerOfAll: typeof callerOfScope,
  ): LiveStream {
    const { deadline, caller } = operation.context;
    const policy = policyOf(operation, terms);
    let leave = (): void => undefined;
    const subscriber = new Subscriber({
      policy,
      overflowed: terms.overflowed,
      leave: () => leave(),
      alone: (delivered, codes) => {
        deadline.signal.removeEventListener("abort", stop);
        try {
          return this.alone(operation, terms, { delivered, codes });
        } catch (error) {
          return { errors: this.executor.present([error], caller.requestId) };
        }
      },
      closed: (delivered, codes) => {
        deadline.signal.removeEventListener("abort", stop);
        terms.closed(delivered, codes);
      },
    });
    const stop = (): void => subscriber.stop();
    leave = this.hub.join(key, subscriber, (overflowed) => {
      const all = callerOfAll(caller, terms.eventMilliseconds);
      return this.openFor(operation, all, terms, policy, overflowed);
    });
    deadline.signal.addEventListener("abort", stop, { once: true });
    return subscriber;
  }

  /** Opens what is shared, in the name of `all`. */
  private openFor(
    operation: PreparedOperation,
    all: RequestCaller,
    { eventMilliseconds, freshMilliseconds }: SubscriberTerms,
    policy: MailboxPolicy,
    overflowed: () => void,
  ): OpenedStream {
    const { context } = operation;
    const shared = { ...operation, context: context.as(all, noDeadline()) };
    const terms = { policy, after: null, eventMilliseconds, overflowed, closed: () => undefined };
    return {
      answers: this.upstreams.shared(shared, terms),
      freshMilliseconds: policy.newestWins ? freshMilliseconds : null,
    };
  }
}

function policyOf(operation: PreparedOperation, terms: SubscriberTerms): MailboxPolicy {
  const { newestWins } = operation.supergraph.notes;
  return {
    newestWins: rootFields(documentOf(subscriptionOf(operation).primary)).every(({ name }) => newestWins.has(name)),
    capacity: terms.queuedEvents,
    patienceMilliseconds: terms.patienceMilliseconds,
  };
}

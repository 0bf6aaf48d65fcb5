import { randomUUID } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import { currentTrace, inSpan, inSpanAtOnce, type TraceParent, traceParentOf } from "@tollgate/kit/observe";
import { type DocumentNode, type ExecutionResult, GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Logger } from "pino";
import type { OperationContext } from "../execute/context.js";
import type { Executor, OperationRequest } from "../execute/execute.js";
import type { SupergraphGateway } from "../execute/gateway-interface.js";
import type { Admission } from "../limits/admission.js";
import type { Limits } from "../limits/limits.js";
import { codesOf, presentAsError } from "../observe/errors.js";
import { meters } from "../observe/meters.js";
import { documentHash, logOperation, type OperationRecord } from "../observe/operations.js";
import { chosenOperation } from "../plan/chosen-operation.js";
import type { Documents } from "../plan/documents.js";
import type { LiveStream } from "./answer.js";
import { MovingStream } from "./moving-stream.js";
import type { Subscriptions } from "./subscribe.js";

/** Streams that are moved before others have their turn. */
const MOVED_AT_ONCE = 50;

export interface LiveOperationsParts {
  gateway: SupergraphGateway;
  executor: Executor;
  subscriptions: Subscriptions;
  documents: Documents;
  admission: Admission;
  limits: Limits;
  logger: Logger;
}

/** What a client sends over a connection that stays open. */
export interface LiveSource {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

/** An operation that was read, of a client that stays connected. */
export interface LiveOperation extends OperationRequest {
  record: Pick<OperationRecord, "name" | "kind">;
  /** The trace that the client has begun. */
  parent: TraceParent | null;
}

/** Operations of clients that stay connected, over WebSockets and Server-Sent Events alike: read, done, counted and logged. */
export class LiveOperations {
  private readonly streams = new Set<MovingStream>();

  constructor(private readonly parts: LiveOperationsParts) {}

  /** Subscriptions that are open. */
  get open(): number {
    return this.streams.size;
  }

  /** Moves all subscriptions to the graph that is served now; resolves when each is on its way. */
  async moveOver(): Promise<void> {
    let moved = 0;
    for (const stream of [...this.streams]) {
      stream.move();
      moved += 1;
      if (moved % MOVED_AT_ONCE === 0) await otherWork();
    }
  }

  /**
   * Reads an operation, or says what is wrong with it. Never throws.
   * @param contextFor its context, with the time of a subscription when it is `live`
   */
  read(
    source: LiveSource,
    contextFor: (requestId: string, live: boolean) => OperationContext,
    requestId: string = randomUUID(),
  ): LiveOperation | readonly GraphQLError[] {
    const supergraph = this.parts.gateway.current;
    const document = this.parts.documents.read(supergraph, source.query);
    if (!("kind" in document)) return document.map((error) => presentAsError(error, requestId));
    const operationName = source.operationName ?? null;
    const operation = operationOrRefusal(document, operationName);
    if (operation instanceof GraphQLError) return [operation];
    return {
      supergraph,
      source: document.loc?.source.body ?? source.query, // one text for all who send the same
      document,
      operationName,
      variables: source.variables ?? {},
      context: contextFor(requestId, operation.operation === "subscription"),
      explain: source.extensions?.explain === true,
      parent: traceParentOf(source.extensions),
      record: { name: operation.name?.value ?? null, kind: operation.operation },
    };
  }

  /** Answers a query or mutation. Never throws. */
  async execute(operation: LiveOperation): Promise<ExecutionResult> {
    const result = await inSpan("operation", spanOf(operation), () => this.parts.executor.execute(operation));
    this.finish(operation, codesOf(result.errors));
    return result;
  }

  /**
   * Opens a subscription, or answers why not. Never throws.
   * @param overflowed called when the reader was too slow for a subscription that may lose nothing; it has ended
   */
  subscribe(operation: LiveOperation, overflowed: () => void): LiveStream | { errors: readonly GraphQLError[] } {
    return inSpanAtOnce("operation", spanOf(operation), () => {
      operation.context.isTracedBy(currentTrace());
      return this.opened(operation, overflowed);
    });
  }

  private opened(operation: LiveOperation, overflowed: () => void): LiveStream | { errors: readonly GraphQLError[] } {
    const { admission, limits, subscriptions } = this.parts;
    const { caller } = operation.context;
    const refused = admission.openSubscription(caller);
    if (refused) return this.notOpened(operation, [presentAsError(refused, caller.requestId)]);
    const terms = {
      queuedEvents: limits.queuedEvents,
      patienceMilliseconds: limits.slowClientMilliseconds,
      eventMilliseconds: limits.operationMilliseconds,
      freshMilliseconds: limits.freshMilliseconds,
      overflowed: () => {
        meters.overflowed.inc();
        overflowed();
      },
    };
    const stream = MovingStream.open({
      open: (after, closed) => {
        const current = this.onCurrentGraph(operation);
        return "context" in current ? subscriptions.open(current, { ...terms, after, closed }) : { errors: current };
      },
      closed: (events, codes) => {
        if (!("errors" in stream)) this.streams.delete(stream);
        admission.closeSubscription(caller);
        this.finish(operation, codes, events);
      },
    });
    if (!("errors" in stream)) {
      this.streams.add(stream);
      return stream;
    }
    admission.closeSubscription(caller);
    return this.notOpened(operation, stream.errors);
  }

  /** The operation as the graph that is served now has it, or what is wrong with it there. */
  private onCurrentGraph(operation: LiveOperation): LiveOperation | readonly GraphQLError[] {
    const supergraph = this.parts.gateway.current;
    if (operation.supergraph === supergraph) return operation;
    const document = this.parts.documents.read(supergraph, operation.source);
    if ("kind" in document) return { ...operation, supergraph, document };
    return document.map((error) => presentAsError(error, operation.context.caller.requestId));
  }

  private notOpened(operation: LiveOperation, errors: readonly GraphQLError[]) {
    this.finish(operation, codesOf(errors));
    return { errors };
  }

  private finish({ context, record, source }: LiveOperation, codes: readonly string[], events?: number): void {
    context.deadline.end();
    const { caller, startedAt, transport, cost, fetches } = context;
    const seen = { ...record, hash: documentHash(source), caller, startedAt, transport, codes, cost, fetches };
    logOperation(this.parts.logger, { ...seen, ...(events !== undefined && { events }) });
  }
}

function spanOf({ parent, context }: LiveOperation) {
  const attributes = { "tollgate.transport": context.transport, "tollgate.request": context.caller.requestId };
  return { kind: "server", parent, attributes } as const;
}

/** What is thrown while an operation begins would cost the client its connection, with all other operations on it. */
function operationOrRefusal(document: DocumentNode, name: string | null): OperationDefinitionNode | GraphQLError {
  try {
    return chosenOperation(document, name);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

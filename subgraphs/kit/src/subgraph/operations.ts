import { Repeater } from "@repeaterjs/repeater";
import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  Kind,
} from "graphql";
import type { Refusals } from "../audit/refusals.js";
import { callerOf, PersonUnknown } from "../caller/caller.js";
import type { Database } from "../database/database.js";
import { ForbiddenFault } from "../faults/fault.js";
import { OperationContext } from "../graphql/context.js";
import { meters } from "../observe/meters.js";
import { outcomeOf } from "../observe/outcome.js";
import { currentTrace, failedWith, inSpan, type Span } from "../observe/tracing.js";
import type { Logger } from "../process/logger.js";
import type { SubgraphRequest, SubgraphResponse } from "../protocol/subgraph.js";
import type { TenancyProjection } from "../tenancy/projection.js";
import { asGraphQLError, formatError } from "./errors.js";

/** How long one event of a subscription may take to resolve, however long the subscription itself lives. */
const EVENT_MILLISECONDS = 10_000;

interface OperationParts {
  subgraph: string;
  schema: GraphQLSchema;
  database: Database;
  refusals: Refusals;
  projection: TenancyProjection | null;
  resolvers: readonly object[];
  logger: Logger;
  /** A transaction of an operation has committed. */
  committed: () => void;
}

/** Answers operations, each with a context and a read transaction of its own; so does each event of a subscription. */
export class Operations {
  constructor(private readonly parts: OperationParts) {}

  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    const kind = getOperationAST(request.document, request.operationName)?.operation ?? "query";
    return await inSpan(`${this.parts.subgraph} ${kind}`, { attributes: this.attributes, kind: "server" }, (span) =>
      this.counted(kind, span, () => this.answer(request)),
    );
  }

  private get attributes() {
    return { "tollgate.subgraph": this.parts.subgraph };
  }

  /** Never throws, as what it counts does not. */
  private async counted(
    kind: string,
    span: Span | null,
    work: () => Promise<SubgraphResponse>,
  ): Promise<SubgraphResponse> {
    const timed = meters.operations.startTimer({ subgraph: this.parts.subgraph, kind });
    const response = await work();
    const codes = (response.errors ?? []).map(({ extensions }) => String(extensions?.["code"] ?? "INTERNAL"));
    timed({ outcome: outcomeOf(codes) });
    failedWith(span, codes);
    return response;
  }

  private async answer(request: SubgraphRequest): Promise<SubgraphResponse> {
    const context = this.contextOf(request);
    try {
      refuseUnshareable(request);
      await this.catchUp(context);
      return this.responseOf(await execute({ ...this.argumentsOf(request), contextValue: context }), context);
    } catch (error) {
      return this.failureOf(error, context);
    } finally {
      await context.finish();
    }
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    return new Repeater<SubgraphResponse>(async (push, stop) => {
      const opening = this.contextOf(request);
      const source = await this.openSource(request, opening);
      if (!(Symbol.asyncIterator in source)) {
        await push(this.responseOf(source, opening));
        return stop();
      }
      const events = source[Symbol.asyncIterator]();
      const resumes = this.resumes(request);
      void stop.then(() => events.return?.());
      try {
        for (let next = await events.next(); !next.done; next = await events.next()) {
          await push(await this.countedEvent(request, next.value, resumes));
        }
      } catch (error) {
        await push(this.failureOf(error, opening));
      }
      stop();
    });
  }

  private async countedEvent(request: SubgraphRequest, event: unknown, resumes: boolean): Promise<SubgraphResponse> {
    const terms = { attributes: this.attributes, kind: "consumer", linkedTo: request.caller.trace ?? null } as const;
    return await inSpan(`${this.parts.subgraph} event`, terms, (span) =>
      this.counted("subscription", span, () => this.resolveEvent(request, event, resumes)),
    );
  }

  /** Its transaction has ended before the event waits for a slow reader. */
  private async resolveEvent(request: SubgraphRequest, event: unknown, resumes: boolean): Promise<SubgraphResponse> {
    const context = this.contextOf(request, Date.now() + EVENT_MILLISECONDS);
    const cursor = resumes ? cursorOf(event) : null;
    if (cursor !== null) context.extensions.cursor = cursor;
    const trace = currentTrace();
    if (trace) context.extensions.trace = trace;
    try {
      const result = await execute({ ...this.argumentsOf(request), rootValue: event, contextValue: context });
      return this.responseOf(result, context);
    } finally {
      await context.finish();
    }
  }

  private async openSource(request: SubgraphRequest, context: OperationContext) {
    try {
      refuseUnshareable(request);
      await this.catchUp(context);
      return await createSourceEventStream({ ...this.argumentsOf(request), contextValue: context });
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    } finally {
      await context.finish();
    }
  }

  /** Whether the stream can be taken up again after one of its events. */
  private resumes({ document, operationName }: SubgraphRequest): boolean {
    const [field] = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
    if (field?.kind !== Kind.FIELD) return false;
    const definition = this.parts.schema.getSubscriptionType()?.getFields()[field.name.value];
    return definition?.args.some(({ name }) => name === "after") ?? false;
  }

  private argumentsOf({ document, operationName, variables }: SubgraphRequest) {
    return { schema: this.parts.schema, document, operationName, variableValues: variables };
  }

  private contextOf(request: SubgraphRequest, deadline = request.caller.deadline): OperationContext {
    const { subgraph, database, refusals, committed, resolvers } = this.parts;
    const caller = callerOf({ ...request.caller, deadline });
    return new OperationContext(
      subgraph,
      caller,
      request.caller.refreshToken,
      database,
      refusals,
      committed,
      resolvers,
      request.caller.deviceToken ?? null,
    );
  }

  private async catchUp({ caller }: OperationContext): Promise<void> {
    if (caller.minimumTenancyVersion !== null) await this.parts.projection?.waitFor(caller.minimumTenancyVersion);
  }

  private responseOf(result: ExecutionResult, context: OperationContext): SubgraphResponse {
    const errors = result.errors?.map((error) => formatError(error, context.caller.requestId, this.parts.logger));
    if (result.errors?.some(({ originalError }) => originalError instanceof PersonUnknown)) {
      context.extensions.perPerson = true;
    }
    const hasExtensions = Object.keys(context.extensions).length > 0;
    return {
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(errors ? { errors } : {}),
      ...(hasExtensions ? { extensions: context.extensions } : {}),
    };
  }

  private failureOf(error: unknown, context: OperationContext): SubgraphResponse {
    return this.responseOf({ data: null, errors: [asGraphQLError(error)] }, context);
  }
}

/**
 * A scope is asserted by the gateway alone, without a token of anybody: it may listen, and join entities to what it
 * hears, but never ask or change anything else.
 * @throws ForbiddenFault
 */
const refuseUnshareable = ({ document, operationName, caller }: SubgraphRequest): void => {
  if (!caller.scope) return;
  const operation = getOperationAST(document, operationName);
  const joins =
    operation?.operation === "query" &&
    operation.selectionSet.selections.every((one) => one.kind === Kind.FIELD && one.name.value === "_entities");
  if (operation?.operation === "subscription" || joins) return;
  throw new ForbiddenFault("Callers share live subscriptions and nothing else.", "POLICY");
};

const cursorOf = (event: unknown): string | null =>
  typeof event === "object" && event !== null && "cursor" in event && typeof event.cursor === "string"
    ? event.cursor
    : null;

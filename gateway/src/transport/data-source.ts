import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from "@apollo/gateway";
import { failedWith, inSpan, outcomeOf } from "@tollgate/kit/observe";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import { type DocumentNode, type GraphQLFormattedError, Kind, parse } from "graphql";
import type { Logger } from "pino";
import type { OperationContext } from "../execute/context.js";
import { codesOf } from "../observe/errors.js";
import { meters } from "../observe/meters.js";
import { CircuitOpen } from "./breaker.js";

/** The one subgraph whose word about sessions counts. */
const sessionOwner = "accounts";

/** Answers the fetches of the stock executor by calling a subgraph, which costs only its own fields when it fails. */
export class ServiceDataSource implements GraphQLDataSource {
  constructor(
    private readonly service: SubgraphService,
    private readonly context: OperationContext,
    private readonly logger: Logger,
  ) {}

  async process({ request, document }: GraphQLDataSourceProcessOptions & { document?: DocumentNode }): Promise<Answer> {
    const parsed = document ?? parse(request.query ?? "");
    const response = await this.fetch({
      document: parsed,
      operationName: request.operationName,
      variables: request.variables,
      caller: this.context.caller,
      signal: this.context.deadline.signal,
    });
    if (!response) return { data: null, errors: unavailableFields(parsed, this.service.name) };
    noteExtensions(response, this.service.name, this.context);
    return { data: response.data, errors: response.errors };
  }

  /** Asks, counts and times it. Null as `ask`. */
  private async fetch(request: SubgraphRequest): Promise<SubgraphResponse | null> {
    const { name } = this.service;
    this.context.fetched();
    const timed = meters.fetches.startTimer({ subgraph: name });
    return await inSpan(
      `fetch ${name}`,
      { kind: "client", attributes: { "tollgate.subgraph": name } },
      async (span) => {
        const response = await this.ask(request);
        const codes = response ? codesOf(response.errors) : ["UNAVAILABLE"];
        timed({ outcome: outcomeOf(codes) });
        failedWith(span, codes);
        return response;
      },
    );
  }

  /** Null when the subgraph threw or time was over. */
  private async ask(request: SubgraphRequest): Promise<SubgraphResponse | null> {
    const { signal } = this.context.deadline;
    try {
      signal.throwIfAborted();
      return await this.service.execute(request);
    } catch (error) {
      const { requestId } = this.context.caller;
      if (error instanceof CircuitOpen) this.logger.debug({ requestId, service: this.service.name }, "not asked");
      else if (signal.aborted)
        this.logger.warn({ requestId, service: this.service.name }, "subgraph was not waited for");
      else this.logger.error({ err: error, requestId, service: this.service.name }, "subgraph failed");
      return null;
    }
  }
}

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLFormattedError[];
}

/** Keeps what a subgraph tells the gateway alone. */
export function noteExtensions(response: SubgraphResponse, serviceName: string, context: OperationContext): void {
  const { session, tenancyVersion, perPerson } = response.extensions ?? {};
  if (perPerson) context.dependsOnPerson();
  if (session !== undefined && serviceName === sessionOwner) context.gotSession(session);
  if (tenancyVersion !== undefined) context.sawTenancyVersion(tenancyVersion);
}

/** The errors of a fetch that failed whole: one for each root field, or one for the entities it should have filled in. */
export function unavailableFields(document: DocumentNode, serviceName: string): GraphQLFormattedError[] {
  const error = { message: `${serviceName} is unavailable`, extensions: { code: "UNAVAILABLE" } };
  const fields = rootFields(document);
  if (fields.some(({ name }) => name === "_entities")) return [{ ...error, path: [] }];
  return fields.map(({ responseName }) => ({ ...error, path: [responseName] }));
}

/** The root fields of a planned fetch, which has no fragments there. */
export function rootFields(document: DocumentNode): { name: string; responseName: string }[] {
  return document.definitions
    .flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []))
    .flatMap((selection) => (selection.kind === Kind.FIELD ? [selection] : []))
    .map(({ name, alias }) => ({ name: name.value, responseName: alias?.value ?? name.value }));
}

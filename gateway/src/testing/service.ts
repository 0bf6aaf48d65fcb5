import { buildSubgraphSchema } from "@apollo/subgraph";
import type {
  RequestCaller,
  SubgraphExtensions,
  SubgraphRequest,
  SubgraphResponse,
  SubgraphService,
} from "@tollgate/kit/protocol";
import { type ExecutionResult, execute, parse, subscribe } from "graphql";

/** What the resolvers of a test subgraph get as context. */
export interface FixtureContext {
  caller: RequestCaller;
  signal: AbortSignal | undefined;
  extensions: SubgraphExtensions;
}

type LibraryResolvers = NonNullable<
  Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>["resolvers"]
>;
type Resolver = (parent: never, args: never, context: FixtureContext) => unknown;
export type FixtureResolvers = Record<string, Record<string, Resolver | { subscribe: Resolver; resolve?: Resolver }>>;

/** A subgraph in process, made of SDL and resolvers, that keeps the requests it got. */
export class FixtureService implements SubgraphService {
  readonly takesScopes = true;
  readonly requests: SubgraphRequest[] = [];
  /** Thrown in place of an answer. */
  fails: Error | null = null;
  /** The same, once. */
  failsOnce: Error | null = null;
  private readonly schema;

  constructor(
    readonly name: string,
    sdl: string,
    resolvers: FixtureResolvers,
  ) {
    // The library's resolvers take arguments of any kind; ours name those that `execute` below passes.
    this.schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as unknown as LibraryResolvers }]);
  }

  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    this.requests.push(request);
    const failure = this.fails ?? this.failsOnce;
    this.failsOnce = null;
    if (failure) throw failure;
    const extensions: SubgraphExtensions = {};
    const result = await execute(this.argumentsOf(request, extensions));
    return { ...plain(result), extensions };
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    this.requests.push(request);
    return new FixtureEvents(subscribe(this.argumentsOf(request, {})));
  }

  private argumentsOf(
    { document, operationName, variables, caller, signal }: SubgraphRequest,
    extensions: SubgraphExtensions,
  ) {
    const contextValue: FixtureContext = { caller, signal, extensions };
    return { schema: this.schema, document, operationName, variableValues: variables, contextValue };
  }
}

/** The events of graphql-js, which opens them later than it answers. */
class FixtureEvents implements AsyncIterableIterator<SubgraphResponse> {
  private refused = false;

  constructor(private readonly opening: ReturnType<typeof subscribe>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<SubgraphResponse>> {
    const opened = await this.opening;
    if (!(Symbol.asyncIterator in opened)) {
      if (this.refused) return { done: true, value: undefined };
      this.refused = true;
      return { done: false, value: plain(opened) };
    }
    const step = await opened.next();
    return step.done ? { done: true, value: undefined } : { done: false, value: frozen(plain(step.value)) };
  }

  async return(): Promise<IteratorResult<SubgraphResponse>> {
    const opened = await this.opening;
    if (Symbol.asyncIterator in opened) await opened.return(undefined);
    return { done: true, value: undefined };
  }
}

function plain({ data, errors }: ExecutionResult): SubgraphResponse {
  return { data, ...(errors && { errors: errors.map((error) => error.toJSON()) }) };
}

/** An event belongs to the subgraph: a gateway that writes into it is found out. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const entry of Object.values(value)) frozen(entry);
  return Object.freeze(value);
}

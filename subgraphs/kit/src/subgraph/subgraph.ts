import { Repeater } from "@repeaterjs/repeater";
import type { GraphQLSchema } from "graphql";
import { createSourceEventStream, type ExecutionResult, execute, GraphQLError } from "graphql";
import { Refusals } from "../audit/refusals.js";
import { callerOf } from "../caller/caller.js";
import type { DatabaseAddresses } from "../database/addresses.js";
import { Database, type Tx } from "../database/database.js";
import type { Laws } from "../database/laws.js";
import { migrate } from "../database/migrate.js";
import { provision } from "../database/provision.js";
import { type EventHandler, Inbox } from "../events/inbox.js";
import { Relay } from "../events/relay.js";
import { Sealer } from "../events/seal.js";
import { LiveStreams } from "../events/stream.js";
import { faultOfDatabaseError } from "../faults/database-errors.js";
import { buildSubgraph, type ReferenceResolver } from "../graphql/build.js";
import { OperationContext } from "../graphql/context.js";
import type { TypeClass } from "../graphql/outcome.js";
import { type CronJob, Jobs } from "../jobs/jobs.js";
import { kitJobs } from "../jobs/kit-jobs.js";
import type { Logger } from "../process/logger.js";
import { Stopping } from "../process/stopping.js";
import type { RequestCaller } from "../protocol/caller.js";
import type { EventSink } from "../protocol/event.js";
import type { HealthCheck } from "../protocol/health.js";
import type { PassThroughRoute } from "../protocol/http.js";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "../protocol/subgraph.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";
import { TenancyProjection } from "../tenancy/projection.js";
import { formatError } from "./errors.js";
import { queueState } from "./queue.js";
import { queueResolver } from "./queue.resolver.js";

/** What a subgraph gets from the process it runs in. */
export interface SubgraphRuntime {
  addresses: DatabaseAddresses;
  /** Connections to the database at most. */
  connections: number;
  masterSecret: string;
  logger: Logger;
  /** Where the tree is pulled from; null for organisations, which owns it. */
  tenancySource: TenancySource | null;
}

/** What the parts of one subgraph share. */
export interface SubgraphKit {
  readonly name: string;
  readonly database: Database;
  readonly logger: Logger;
  readonly streams: LiveStreams;
  readonly masterSecret: string;
  /** Seals secrets that travel in events, for whoever consumes them. */
  readonly sealer: Sealer;
  /** A transaction that emitted events has committed. */
  wakeRelay(): void;
}

/** A background worker of a subgraph, started when the database is ready. */
export interface Worker {
  name: string;
  start(): Promise<void> | void;
  stop(): Promise<void>;
  health?(): HealthCheck;
}

/** One subgraph: its part of the graph, its laws, and what it does beside answering. */
export interface SubgraphDefinition {
  name: string;
  /** Folder of the generated migrations. */
  migrations: string;
  laws: Laws;
  /** Made once per process. */
  parts(kit: SubgraphKit): SubgraphParts;
}

export interface SubgraphParts {
  resolvers: readonly object[];
  references: Readonly<Record<string, ReferenceResolver>>;
  /** Entities of others that fields are added to and that no root field here leads to; else they would be left out. */
  entities?: readonly TypeClass[];
  /** Effects of other subgraphs' events (and, where it listens to itself, its own), by event type. */
  handlers?: Readonly<Record<string, EventHandler>>;
  /** What a change of the tree means here; in the transaction that writes the projection. */
  onTenancyChange?: (tx: Tx, changes: readonly TenancyChange[]) => Promise<void>;
  /** Told after an event's effect has committed. */
  onEvent?: (type: string) => void;
  jobs?: readonly CronJob[];
  workers?: readonly Worker[];
  routes?: readonly PassThroughRoute[];
}

export const TENANCY_EVENT = "organisation.changed";
const RETRY_MILLISECONDS = 1_000;
/** How long one event of a subscription may take to resolve, however long the subscription itself lives. */
const EVENT_MILLISECONDS = 10_000;

/** A running subgraph, called in process. */
export class Subgraph implements SubgraphService {
  readonly inbox: EventSink;
  readonly routes: readonly PassThroughRoute[];
  private readonly refusals: Refusals;
  private readonly jobs: Jobs;
  private readonly stopping: Stopping;
  private relay: Relay | null = null;
  private prepared: "no" | "yes" | "stopped" = "no";
  private reason = "The database has not answered yet.";

  private constructor(
    readonly name: string,
    readonly schema: GraphQLSchema,
    readonly sdl: string,
    private readonly definition: SubgraphDefinition,
    private readonly runtime: SubgraphRuntime,
    private readonly kit: SubgraphKit & { wakeRelay: () => void },
    private readonly parts: SubgraphParts,
    private readonly projection: TenancyProjection | null,
  ) {
    const { database, logger } = kit;
    this.stopping = new Stopping(logger);
    this.refusals = new Refusals(name, database, () => this.wakeRelay(), logger);
    this.jobs = new Jobs(runtime.addresses, [...kitJobs(database), ...(parts.jobs ?? [])], logger);
    this.routes = parts.routes ?? [];
    const handlers = new Map<string, EventHandler[]>();
    for (const [type, handler] of Object.entries(parts.handlers ?? {})) handlers.set(type, [handler]);
    if (projection) {
      const follow: EventHandler = (tx, event) => projection.receive(tx, event.payload as TenancyChange[]);
      handlers.set(TENANCY_EVENT, [follow, ...(handlers.get(TENANCY_EVENT) ?? [])]);
    }
    this.inbox = new Inbox(name, database, handlers, (event) => {
      if (event.type === TENANCY_EVENT) projection?.moved();
      this.wakeRelay();
      parts.onEvent?.(event.type);
    });
  }

  static async create(definition: SubgraphDefinition, runtime: SubgraphRuntime): Promise<Subgraph> {
    const { name } = definition;
    const logger = runtime.logger.child({ subgraph: name });
    const database = new Database(runtime.addresses.login, {
      connections: runtime.connections,
      pooled: runtime.addresses.pooled,
      applicationName: `tollgate ${name}`,
    });
    let wake = (): void => undefined;
    const kit: SubgraphKit = {
      name,
      database,
      logger,
      streams: new LiveStreams(database, logger),
      masterSecret: runtime.masterSecret,
      sealer: new Sealer(runtime.masterSecret, "events"),
      wakeRelay: () => wake(),
    };
    const parts = definition.parts(kit);
    const resolvers = [...parts.resolvers, queueResolver(name)];
    const { schema, sdl } = await buildSubgraph(resolvers, parts.references, parts.entities);
    const onChange = async (tx: Tx, changes: readonly TenancyChange[]) => parts.onTenancyChange?.(tx, changes);
    const projection = runtime.tenancySource
      ? new TenancyProjection(database, runtime.tenancySource, onChange, logger)
      : null;
    const subgraph = new Subgraph(name, schema, sdl, definition, runtime, kit, parts, projection);
    wake = () => subgraph.wakeRelay();
    return subgraph;
  }

  get database(): Database {
    return this.kit.database;
  }

  /** Roles, schema, migrations and laws. */
  async migrate(): Promise<void> {
    await provision(this.runtime.addresses);
    await migrate(this.runtime.addresses, this.definition.migrations, this.definition.laws);
  }

  /**
   * Migrates, then starts the workers. Without a database it stays alive, not ready, and tries again.
   * @param sinks the inboxes of all subgraphs.
   */
  async start(sinks: readonly EventSink[]): Promise<void> {
    while (this.prepared === "no") {
      try {
        await this.migrate();
        // The way of the requests may lead elsewhere than that of the migrations: through a pooler, say.
        await this.database.ping();
        break;
      } catch (error) {
        if (faultOfDatabaseError(error)?.code !== "UNAVAILABLE") throw error;
        this.kit.logger.warn({ error }, "the database does not answer; trying again");
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
    }
    if (this.prepared === "stopped") return;
    this.relay = new Relay(this.database, sinks, () => this.kit.streams.wake(), this.kit.logger);
    const workers: Worker[] = [
      ...(this.projection
        ? [{ name: "tenancy", start: () => this.projection?.start(), stop: async () => this.projection?.stop() }]
        : []),
      { name: "streams", start: () => this.kit.streams.start(), stop: () => this.kit.streams.stop() },
      { name: "relay", start: () => this.relay?.start(), stop: async () => this.relay?.stop() },
      { name: "jobs", start: () => this.jobs.start(), stop: () => this.jobs.stop() },
      ...(this.parts.workers ?? []),
    ];
    for (const worker of workers) {
      this.stopping.add(worker.name, () => worker.stop());
      await worker.start();
    }
    this.prepared = "yes";
  }

  /** Stops the workers in the opposite order, then closes the pool. */
  async stop(): Promise<void> {
    this.prepared = "stopped";
    this.reason = "It is stopping.";
    await this.stopping.stop();
    await this.refusals.settled();
    await this.database.close();
  }

  async health(): Promise<HealthCheck[]> {
    const named = (check: HealthCheck): HealthCheck => ({ ...check, name: `${this.name}.${check.name}` });
    if (this.prepared !== "yes") return [named({ name: "start", ready: false, reason: this.reason })];
    const database = await this.database.ping().then(
      () => ({ name: "database", ready: true }),
      () => ({ name: "database", ready: false, reason: "The database does not answer." }),
    );
    const workers = (this.parts.workers ?? []).flatMap((worker) => (worker.health ? [worker.health()] : []));
    return [database, ...(this.projection ? [this.projection.health()] : []), ...workers].map(named);
  }

  /** Resolves when refusals recorded so far are committed. */
  settled(): Promise<void> {
    return this.refusals.settled();
  }

  wakeRelay(): void {
    this.relay?.wake();
  }

  /** Brings the projection of the tree up to date now, rather than with the next event. */
  async followTree(): Promise<void> {
    await this.projection?.pull();
  }

  /** Resolves when every event that was emitted so far has reached its consumers, or was given up. */
  async delivered(): Promise<void> {
    for (;;) {
      const { pending } = await this.database.system("delivered", queueState);
      if (pending === 0) return;
      this.wakeRelay();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** An operation that the gateway refused before it reached any subgraph. */
  recordRefusal(caller: RequestCaller, permission: string): void {
    const [resource = permission] = permission.split(":");
    this.refusals.record(callerOf(caller), { action: permission, resource, resourceId: null, problem: "FORBIDDEN" });
  }

  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    const context = this.contextOf(request);
    try {
      await this.catchUp(context);
      const result = await execute({ ...this.argumentsOf(request), contextValue: context });
      return this.responseOf(result, context);
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
      void stop.then(() => events.return?.());
      try {
        for (let next = await events.next(); !next.done; next = await events.next()) {
          const context = this.contextOf(request, Date.now() + EVENT_MILLISECONDS);
          try {
            const result = await execute({
              ...this.argumentsOf(request),
              rootValue: next.value,
              contextValue: context,
            });
            await push(this.responseOf(result, context));
          } finally {
            await context.finish();
          }
        }
      } catch (error) {
        await push(this.failureOf(error, opening));
      }
      stop();
    });
  }

  private async openSource(request: SubgraphRequest, context: OperationContext) {
    try {
      await this.catchUp(context);
      return await createSourceEventStream({ ...this.argumentsOf(request), contextValue: context });
    } catch (error) {
      return {
        errors: [
          error instanceof GraphQLError ? error : new GraphQLError(String(error), { originalError: error as Error }),
        ],
      };
    } finally {
      await context.finish();
    }
  }

  private argumentsOf(request: SubgraphRequest) {
    const { document, operationName, variables } = request;
    return { schema: this.schema, document, operationName, variableValues: variables };
  }

  private contextOf(request: SubgraphRequest, deadline = request.caller.deadline): OperationContext {
    const caller = { ...request.caller, deadline };
    return new OperationContext(
      this.name,
      callerOf(caller),
      caller.refreshToken,
      this.database,
      this.refusals,
      () => this.wakeRelay(),
      this.parts.resolvers,
    );
  }

  private async catchUp(context: OperationContext): Promise<void> {
    const minimum = context.caller.minimumTenancyVersion;
    if (minimum !== null) await this.projection?.waitFor(minimum);
  }

  private responseOf(result: ExecutionResult, context: OperationContext): SubgraphResponse {
    const errors = result.errors?.map((error) => formatError(error, context.caller.requestId, this.kit.logger));
    const hasExtensions = Object.keys(context.extensions).length > 0;
    return {
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(errors ? { errors } : {}),
      ...(hasExtensions ? { extensions: context.extensions } : {}),
    };
  }

  private failureOf(error: unknown, context: OperationContext): SubgraphResponse {
    const cause = error instanceof Error ? error : new Error(String(error));
    const wrapped = new GraphQLError(cause.message, { originalError: cause });
    return { data: null, errors: [formatError(wrapped, context.caller.requestId, this.kit.logger)] };
  }
}

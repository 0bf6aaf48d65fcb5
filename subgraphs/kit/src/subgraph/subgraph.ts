import type { GraphQLSchema } from "graphql";
import { Refusals } from "../audit/refusals.js";
import { callerOf } from "../caller/caller.js";
import { Database, type Tx } from "../database/database.js";
import { migrate } from "../database/migrate.js";
import { provision } from "../database/provision.js";
import { type EventHandler, type EventsHandler, Inbox } from "../events/inbox.js";
import { Relay } from "../events/relay.js";
import { Sealer } from "../events/seal.js";
import { LiveStreams } from "../events/stream.js";
import { faultOfDatabaseError } from "../faults/database-errors.js";
import { buildSubgraph } from "../graphql/build.js";
import { Jobs } from "../jobs/jobs.js";
import { kitJobs } from "../jobs/kit-jobs.js";
import { watchOutbox } from "../observe/outbox.js";
import { personalDataHandlers } from "../personal-data/handlers.js";
import { Stopping } from "../process/stopping.js";
import type { RequestCaller } from "../protocol/caller.js";
import type { EventSink } from "../protocol/event.js";
import type { HealthCheck } from "../protocol/health.js";
import type { PassThroughRoute } from "../protocol/http.js";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "../protocol/subgraph.js";
import type { TenancyChange } from "../protocol/tenancy.js";
import { SettingKeys } from "../settings/keys.js";
import { followSetting, SETTING_EVENT } from "../settings/projection.js";
import { TenancyProjection } from "../tenancy/projection.js";
import type { SubgraphDefinition, SubgraphKit, SubgraphParts, SubgraphRuntime, Worker } from "./definition.js";
import { Operations } from "./operations.js";
import { queueState } from "./queue.js";
import { queueResolver } from "./queue.resolver.js";

export const TENANCY_EVENT = "organisation.changed";
const RETRY_MILLISECONDS = 1_000;

/** A running subgraph, called in process. */
export class Subgraph implements SubgraphService {
  readonly takesScopes = true;
  readonly inbox: Inbox;
  readonly routes: readonly PassThroughRoute[];
  private readonly refusals: Refusals;
  private readonly operations: Operations;
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
    this.operations = new Operations({
      subgraph: name,
      schema,
      database,
      refusals: this.refusals,
      projection,
      resolvers: parts.resolvers,
      logger,
      committed: () => this.wakeRelay(),
    });
    this.jobs = new Jobs(
      name,
      runtime.addresses,
      [...kitJobs(database, kit.settingKeys, logger), ...(parts.jobs ?? [])],
      logger,
    );
    this.routes = parts.routes ?? [];
    const handlers = new Map<string, readonly EventHandler[] | EventsHandler>();
    const alone = (type: string): readonly EventHandler[] => {
      const own = handlers.get(type) ?? [];
      if ("together" in own) throw new Error(`${name} takes ${type} one by one`);
      return own;
    };
    for (const [type, handler] of Object.entries(parts.handlers ?? {}))
      handlers.set(type, "together" in handler ? handler : [handler]);
    if (projection) {
      const follow: EventHandler = (tx, event) => projection.receive(tx, event.payload as TenancyChange[]);
      handlers.set(TENANCY_EVENT, [follow, ...alone(TENANCY_EVENT)]);
      handlers.set(SETTING_EVENT, [followSetting, ...alone(SETTING_EVENT)]);
    }
    const { personalData } = definition;
    for (const [type, handler] of Object.entries(personalDataHandlers(name, personalData, kit.sealer)))
      handlers.set(type, [...alone(type), handler]);
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
      subgraph: name,
    });
    let wake = (): void => undefined;
    const kit: SubgraphKit = {
      name,
      database,
      logger,
      streams: new LiveStreams(database, logger),
      masterSecret: runtime.masterSecret,
      sealer: new Sealer(runtime.masterSecret, "events"),
      settingKeys: SettingKeys.of(runtime.masterSecret),
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

  /** Whether its schema is there and its workers run; only then it can answer. */
  get isStarted(): boolean {
    return this.prepared === "yes";
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
    this.relay = new Relay(this.name, this.database, sinks, () => this.kit.streams.wake(), this.kit.logger);
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
    const unwatch = watchOutbox(this.name, () => this.database.system("metrics", queueState));
    this.stopping.add("metrics", async () => unwatch());
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
    this.parts.onCommit?.();
  }

  /** Runs one of its jobs now, as its schedule would. @throws what the job throws. */
  runJob(name: string): Promise<void> {
    return this.jobs.run(name);
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

  execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    return this.operations.execute(request);
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    return this.operations.subscribe(request);
  }
}

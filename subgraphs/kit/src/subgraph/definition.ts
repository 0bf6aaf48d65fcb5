import type { DatabaseAddresses } from "../database/addresses.js";
import type { Database, Tx } from "../database/database.js";
import type { Laws } from "../database/laws.js";
import type { EventHandler, EventsHandler } from "../events/inbox.js";
import type { Sealer } from "../events/seal.js";
import type { LiveStreams } from "../events/stream.js";
import type { ReferenceResolver } from "../graphql/build.js";
import type { TypeClass } from "../graphql/outcome.js";
import type { CronJob } from "../jobs/jobs.js";
import type { PersonalData } from "../personal-data/personal-data.js";
import type { Logger } from "../process/logger.js";
import type { HealthCheck } from "../protocol/health.js";
import type { PassThroughRoute } from "../protocol/http.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";
import type { SettingKeys } from "../settings/keys.js";

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
  /** Open and seal secret settings. */
  readonly settingKeys: SettingKeys;
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
  /** What it keeps of people: every table is declared. Archives and erasures follow from it. */
  personalData: PersonalData;
  /** Made once per process. */
  parts(kit: SubgraphKit): SubgraphParts;
}

export interface SubgraphParts {
  resolvers: readonly object[];
  references: Readonly<Record<string, ReferenceResolver>>;
  /** Entities of others that fields are added to and that no root field here leads to; else they would be left out. */
  entities?: readonly TypeClass[];
  /** Effects of other subgraphs' events (and, where it listens to itself, its own), by event type. */
  handlers?: Readonly<Record<string, EventHandler | EventsHandler>>;
  /** What a change of the tree means here; in the transaction that writes the projection. */
  onTenancyChange?: (tx: Tx, changes: readonly TenancyChange[]) => Promise<void>;
  /** Told after a transaction of a request, an event or a job has committed in this process: whoever watches may look. */
  onCommit?: () => void;
  /** Told after an event's effect has committed. */
  onEvent?: (type: string) => void;
  jobs?: readonly CronJob[];
  workers?: readonly Worker[];
  routes?: readonly PassThroughRoute[];
}

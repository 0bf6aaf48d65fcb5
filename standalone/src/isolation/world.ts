import { databaseAddresses } from "@tollgate/kit";
import { createDatabase, TEST_SECRET } from "@tollgate/kit/testing";
import { pino } from "pino";
import postgres from "postgres";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import { createSubgraphs, definitionsOf, type Subgraphs, startSubgraphs, stopSubgraphs } from "../graph/subgraphs.js";
import { readCatalogue, type Table } from "./catalogue.js";
import { enumLookup } from "./enums.js";
import { danglingKeys, plant } from "./planting.js";
import { type Organisation, organisations } from "./tree.js";

const options = { smtpUrl: null, mailFrom: "-", mailbox: true, simulate: true, sampleSeconds: 5, hostSeconds: 2 };

/** The tree itself, which is there before anything else. */
const ORGANISATION = "organisations.organisation";

/** Tables that telemetry makes the partitions of, with a function of its own. */
const PARTITIONED_BY_DAY = ["sample", "rollup_five_minutes", "rollup_one_hour"].map((name) => `telemetry.${name}`);

/**
 * Five subgraphs on a fresh database with the six organisations of the tree and, once planted, a row of each in every
 * table. Their workers do not run, so that nothing changes but by what a test asks.
 */
export class World {
  private constructor(
    readonly subgraphs: Subgraphs,
    /** As a superuser, whom no policy holds back. */
    readonly sql: postgres.Sql,
    readonly url: string,
    readonly tables: readonly Table[],
    private readonly drop: () => Promise<void>,
  ) {}

  static async make(serverUrl: string): Promise<World> {
    const { url, drop } = await createDatabase(serverUrl, Object.values(definitionsOf(options)));
    const now = new Date();
    // Prices follow from the time that is left: two answers differ by what is theirs, and not by the minute between them.
    const subgraphs = await createSubgraphs(
      { ...options, bookClock: () => now },
      {
        addresses: (name) => databaseAddresses(name, url, null, TEST_SECRET),
        connections: 4,
        masterSecret: TEST_SECRET,
        logger: pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" }),
      },
    );
    const sql = postgres(url, { max: 2, onnotice: () => undefined });
    for (const name of SUBGRAPH_NAMES) await subgraphs[name].migrate();
    const world = new World(subgraphs, sql, url, await readCatalogue(sql), drop);
    await world.makeRoom();
    await world.growTree();
    return world;
  }

  /** The world with everything of everybody in it. */
  static async full(serverUrl: string): Promise<World> {
    const world = await World.make(serverUrl);
    await world.plant(organisations);
    return world;
  }

  /** Gives each of them a row in every table, or in every one of `tables`. */
  async plant(some: readonly Organisation[], tables: (table: Table) => boolean = () => true): Promise<void> {
    const enums = enumLookup(this.subgraphs);
    const chosen = this.tables.filter((table) => table.key !== ORGANISATION && tables(table));
    for (const organisation of some) await plant(this.sql, chosen, organisation, enums);
    const dangling = await danglingKeys(this.sql, chosen);
    if (dangling.length > 0) throw new Error(`Planted rows refer to nothing: ${dangling.join("; ")}`);
  }

  /** Runs the workers as well, from now on. */
  start(): Promise<void> {
    return startSubgraphs(this.subgraphs);
  }

  async stop(): Promise<void> {
    await this.sql.end({ timeout: 5 });
    await stopSubgraphs(this.subgraphs);
    await this.drop();
  }

  /** Partitions are made ahead by a worker, which does not run here. */
  private async makeRoom(): Promise<void> {
    for (const { schema, name, key, isPartitioned } of this.tables) {
      if (!isPartitioned) continue;
      // Yesterday's as well: what is planted is some minutes old.
      if (PARTITIONED_BY_DAY.includes(key))
        await this
          .sql`select telemetry.make_sample_partition(${name}, current_date - days) from generate_series(0, 1) days`;
      else await this.sql.unsafe(`create table "${schema}"."${name}_any" partition of "${schema}"."${name}" default`);
    }
  }

  private async growTree(): Promise<void> {
    const enums = enumLookup(this.subgraphs);
    const own = this.tables.filter((table) => table.key === ORGANISATION);
    for (const organisation of organisations) await plant(this.sql, own, organisation, enums);
    for (const { schema } of this.tables.filter((table) => table.name === "tenancy")) {
      for (const { id, parent, path, kind, index } of organisations) {
        await this.sql`
          insert into ${this.sql(schema)}.tenancy (organisation_id, parent_id, path, kind, status, version)
          values (${id}, ${parent?.id ?? null}, ${path}, ${kind}, 'ACTIVE', ${index + 1})`;
      }
    }
  }
}

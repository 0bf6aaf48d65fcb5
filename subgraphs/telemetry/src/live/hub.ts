import type { Database, SubgraphKit } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import type { Sample } from "../samples/metrics.js";

const TICK_MILLISECONDS = 1_000;
/** A sample is looked for this long after it arrived: its transaction may commit after we looked. */
const OVERLAP_SECONDS = 5;

/** The newest sample of a machine, with whose it is. */
export interface LiveSample extends Sample {
  organisationId: string;
  /** Of the machine. */
  state: string;
}

/** Somebody who watches. Its errors are its own: the hub only tells. */
export interface Watcher {
  /** It is new, or the tree has changed: access may be gone. Nothing is told until this resolves. */
  recheck(): Promise<void>;
  /** At most once a tick, and at the end of one: what changed since the last time. */
  tell(changed: readonly LiveSample[], now: number): void;
  /** The process stops. */
  end(): void;
}

interface LatestRow {
  vm_id: string;
  organisation_id: string;
  state: string;
  at: string;
  cpu_percent: number | null;
  memory_used_bytes: bigint | null;
  memory_total_bytes: bigint | null;
  disk_used_bytes: bigint | null;
  disk_total_bytes: bigint | null;
  disk_read_rate: number | null;
  disk_write_rate: number | null;
  network_in_rate: number | null;
  network_out_rate: number | null;
  load: number | null;
  uptime_seconds: bigint | null;
}

const sampleOf = (row: LatestRow): LiveSample => ({
  vmId: row.vm_id,
  organisationId: row.organisation_id,
  state: row.state,
  at: new Date(row.at),
  cpuPercent: row.cpu_percent,
  memoryUsedBytes: row.memory_used_bytes,
  memoryTotalBytes: row.memory_total_bytes,
  diskUsedBytes: row.disk_used_bytes,
  diskTotalBytes: row.disk_total_bytes,
  diskReadRate: row.disk_read_rate,
  diskWriteRate: row.disk_write_rate,
  networkInRate: row.network_in_rate,
  networkOutRate: row.network_out_rate,
  load: row.load,
  uptimeSeconds: row.uptime_seconds,
});

/**
 * The one upstream of a process for everybody who watches live: while somebody does, it reads once a second which
 * samples are new, from whatever process they came, and whether the tree has changed.
 */
export class LiveHub {
  private readonly database: Database;
  private readonly loop: Loop;
  private readonly watchers = new Set<Watcher>();
  private readonly samples = new Map<string, LiveSample>();
  private readonly byOrganisation = new Map<string, Map<string, LiveSample>>();
  private seenUntil: string | null = null;
  private treeVersion: bigint | null = null;
  private running = false;
  /** Grows when the hub comes to rest: a turn of before must not meddle with what was loaded since. */
  private generation = 0;
  private readonly joining = new Map<Watcher, PromiseWithResolvers<void>>();

  constructor(kit: SubgraphKit) {
    this.database = kit.database;
    this.loop = new Loop("live", TICK_MILLISECONDS, () => this.tick(), kit.logger);
  }

  /** New samples are in the store. */
  wake(): void {
    if (this.running) this.loop.wake();
  }

  /** Resolves when the newest samples of all machines are here; what changes is told from then on. */
  async watch(watcher: Watcher): Promise<void> {
    const joined = Promise.withResolvers<void>();
    this.joining.set(watcher, joined);
    this.watchers.add(watcher);
    if (this.running) this.loop.wake();
    else {
      this.running = true;
      this.loop.start();
    }
    await joined.promise;
  }

  /** Without watchers the hub rests. */
  leave(watcher: Watcher): void {
    this.watchers.delete(watcher);
    this.joining.get(watcher)?.resolve();
    this.joining.delete(watcher);
    if (this.watchers.size === 0 && this.running) this.rest();
  }

  /** The newest samples of machines of these organisations. */
  ofOrganisations(organisationIds: Iterable<string>): LiveSample[] {
    return [...organisationIds].flatMap((id) => [...(this.byOrganisation.get(id)?.values() ?? [])]);
  }

  ofMachines(vmIds: Iterable<string>): LiveSample[] {
    return [...vmIds].flatMap((id) => this.samples.get(id) ?? []);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop.stop();
    for (const watcher of [...this.watchers]) {
      watcher.end();
      this.leave(watcher);
    }
  }

  private rest(): void {
    this.running = false;
    this.generation += 1;
    void this.loop.stop(); // the turn under way ends by itself; it has nobody to tell
    this.samples.clear();
    this.byOrganisation.clear();
    this.seenUntil = null;
    this.treeVersion = null;
  }

  private async tick(): Promise<void> {
    const { generation } = this;
    const newcomers = new Map(this.joining);
    const { rows, version, until } = await this.read();
    if (generation !== this.generation) return;
    const changed = rows.flatMap((row) => this.keep(row) ?? []);
    const treeChanged = this.treeVersion !== null && this.treeVersion !== version;
    this.seenUntil = until;
    this.treeVersion = version;
    // Who has just come looked its scope up before our view of the tree began.
    await Promise.all([...(treeChanged ? this.watchers : newcomers.keys())].map((watcher) => watcher.recheck()));
    for (const [watcher, joined] of newcomers) {
      joined.resolve();
      this.joining.delete(watcher);
    }
    const now = performance.now();
    for (const watcher of [...this.watchers]) watcher.tell(changed, now);
  }

  /** What is new since the last tick; everything at the first one. */
  private read(): Promise<{ rows: LatestRow[]; version: bigint; until: string }> {
    const since = this.seenUntil;
    return this.database.system("live", async (tx) => {
      const [tree] = await tx.sql<{ version: bigint; until: string }[]>`
        select coalesce(max(version), 0) as version, clock_timestamp()::text as until from tenancy`;
      const rows = await tx.sql<LatestRow[]>`
        select l.*, v.state from vm_latest l join vm v on v.id = l.vm_id
         where ${since}::timestamptz is null or l.arrived_at > ${since}::timestamptz - ${OVERLAP_SECONDS} * interval '1 second'
            or v.state_changed_at > ${since}::timestamptz - ${OVERLAP_SECONDS} * interval '1 second'`;
      return { rows, version: tree?.version ?? 0n, until: tree?.until ?? new Date().toISOString() };
    });
  }

  /** @returns the sample when it or the machine's state is news; machines that are gone for good are forgotten. */
  private keep(row: LatestRow): LiveSample | null {
    const known = this.samples.get(row.vm_id);
    const sample = sampleOf(row);
    if (row.state === "DELETED") {
      this.samples.delete(row.vm_id);
      this.byOrganisation.get(row.organisation_id)?.delete(row.vm_id);
      return known ? sample : null;
    }
    if (known && known.at >= sample.at && known.state === sample.state) return null;
    this.samples.set(row.vm_id, sample);
    const siblings = this.byOrganisation.get(row.organisation_id) ?? new Map<string, LiveSample>();
    this.byOrganisation.set(row.organisation_id, siblings.set(row.vm_id, sample));
    return sample;
  }
}

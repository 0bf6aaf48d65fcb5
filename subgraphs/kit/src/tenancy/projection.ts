import type { Database, Tx } from "../database/database.js";
import { UnavailableFault } from "../faults/fault.js";
import type { Logger } from "../process/logger.js";
import { Loop } from "../process/loop.js";
import type { HealthCheck } from "../protocol/health.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";

/** How long an operation waits for the projection before it pulls the tree itself. */
const PATIENCE_MILLISECONDS = 500;
/** How often the projection is compared with the tree, besides the events. */
const COMPARE_MILLISECONDS = 60_000;

/**
 * Writes states of the tree into the local projection where they are newer.
 * @returns the changes that were news here.
 */
export const applyTenancy = async (tx: Tx, changes: readonly TenancyChange[]): Promise<TenancyChange[]> => {
  if (changes.length === 0) return [];
  const applied = await tx.sql<{ organisation_id: string }[]>`
    insert into tenancy as t (organisation_id, parent_id, path, kind, status, version)
    select * from unnest(${changes.map((c) => c.organisationId)}::uuid[], ${changes.map((c) => c.parentId)}::uuid[],
      ${changes.map((c) => c.path)}::text[], ${changes.map((c) => c.kind)}::text[], ${changes.map((c) => c.status)}::text[],
      ${changes.map((c) => c.version)}::bigint[])
    on conflict (organisation_id) do update set parent_id = excluded.parent_id, path = excluded.path,
      kind = excluded.kind, status = excluded.status, version = excluded.version where t.version < excluded.version
    returning organisation_id`;
  const news = new Set(applied.map((row) => row.organisation_id));
  return changes.filter((change) => news.has(change.organisationId));
};

/** Keeps the local projection of the tree: a snapshot at the start, events then, and a comparison each minute. */
export class TenancyProjection {
  private readonly loop: Loop;
  private version: bigint | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly database: Database,
    private readonly source: TenancySource,
    private readonly onChange: (tx: Tx, changes: TenancyChange[]) => Promise<void>,
    logger: Logger,
  ) {
    this.loop = new Loop("tenancy", COMPARE_MILLISECONDS, () => this.pull(), logger);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  health(): HealthCheck {
    if (this.version !== null) return { name: "tenancy", ready: true };
    return { name: "tenancy", ready: false, reason: "The organisation tree is not loaded yet." };
  }

  /** An event said that the tree changed. */
  async receive(tx: Tx, changes: readonly TenancyChange[]): Promise<void> {
    await this.onChange(tx, await applyTenancy(tx, changes));
  }

  /** Pulls what is newer than the projection. */
  async pull(): Promise<void> {
    const known = await this.knownVersion();
    const changes = await this.source.changes(known.toString());
    await this.database.system("tenancy", (tx) => this.receive(tx, changes));
    this.version = await this.knownVersion();
    for (const resume of this.waiting) resume();
  }

  /** @throws UnavailableFault when the projection stays older than `minimum`. */
  async waitFor(minimum: bigint): Promise<void> {
    if (await this.reached(minimum)) return;
    await this.news();
    if (await this.reached(minimum)) return;
    await this.pull();
    if (!(await this.reached(minimum)))
      throw new UnavailableFault("This part has not caught up yet; try again shortly.");
  }

  private async reached(minimum: bigint): Promise<boolean> {
    if (this.version !== null && this.version >= minimum) return true;
    this.version = await this.knownVersion();
    return this.version >= minimum;
  }

  /** Resolves when the projection has moved on, or when patience is over. */
  private news(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, PATIENCE_MILLISECONDS);
      this.waiting.add(done);
    });
  }

  /** Called after an event's transaction has committed. */
  moved(): void {
    this.version = null;
    for (const resume of this.waiting) resume();
    this.loop.wake();
  }

  private async knownVersion(): Promise<bigint> {
    const [row] = await this.database.system(
      "tenancy",
      (tx) => tx.sql<{ version: bigint | null }[]>`select max(version) as version from tenancy`,
    );
    return row?.version ?? 0n;
  }
}

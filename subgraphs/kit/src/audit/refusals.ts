import { type Caller, systemCaller } from "../caller/caller.js";
import type { Database } from "../database/database.js";
import type { Logger } from "../process/logger.js";
import type { ErrorCode } from "../protocol/error-codes.js";
import { type AuditDetails, audit } from "./audit.js";

const WINDOW_MILLISECONDS = 60_000;
/** Different refusals kept in mind at most; a flood beyond them is recorded without being gathered. */
const REMEMBERED = 5_000;

interface Refusal {
  action: string;
  resource: string;
  resourceId: string | null;
  problem: ErrorCode;
  /** REFUSED when left out. */
  outcome?: "REFUSED" | "FAILED";
}

/** Characters kept of what somebody gave in the place of an id. */
const LONGEST_GIVEN_ID = 100;

/** Whatever was given in the place of an id can be kept: a character that no text can hold would cost the whole record. */
const readable = (given: string): string => given.slice(0, LONGEST_GIVEN_ID).replaceAll(/\p{C}/gu, "\u{fffd}");

/**
 * Records refused accesses, and mutations that failed. The first of its kind is recorded at once; repetitions by the same caller within a minute
 * are counted and recorded as one, so that nobody can fill the trail by knocking.
 */
export class Refusals {
  private readonly counts = new Map<string, { since: number; further: number }>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly subgraph: string,
    private readonly database: Database,
    private readonly wake: () => void,
    private readonly logger: Logger,
  ) {}

  /** Never fails the refused request: a refusal that cannot be recorded is logged. */
  record(caller: Caller, given: Refusal): void {
    if (caller.kind === "USER" && caller.isShared) return; // each who shared it asks again for itself
    const refusal = { ...given, resourceId: given.resourceId === null ? null : readable(given.resourceId) };
    const actor = caller.kind === "USER" ? caller.userId : caller.address;
    const key = [actor, refusal.action, refusal.resource, refusal.resourceId, refusal.problem].join(" ");
    const now = Date.now();
    const known = this.counts.get(key);
    if (known && now - known.since < WINDOW_MILLISECONDS) {
      known.further += 1;
      return;
    }
    if (this.counts.size >= REMEMBERED) this.counts.clear();
    this.counts.set(key, { since: now, further: 0 });
    this.track(this.write(caller, refusal, 1 + (known?.further ?? 0)));
  }

  /** Records a mutation that changed something and told nobody: better late than never. */
  async supply(caller: Caller, done: { action: string; resource: string }): Promise<void> {
    this.logger.error(done, "a mutation left no record of its own");
    const writing = this.add(caller, { ...done, outcome: "SUCCEEDED" });
    this.track(writing);
    await writing;
  }

  /** Resolves when everything recorded so far is committed. */
  async settled(): Promise<void> {
    await Promise.all([...this.underWay]);
  }

  private track(writing: Promise<void>): void {
    const guarded = writing.catch((error: unknown) => this.logger.error({ error }, "a refusal could not be recorded"));
    this.underWay.add(guarded);
    void guarded.finally(() => this.underWay.delete(guarded));
  }

  private write(caller: Caller, refusal: Refusal, occurrences: number): Promise<void> {
    return this.add(caller, { outcome: "REFUSED", ...refusal, occurrences });
  }

  private async add(caller: Caller, details: AuditDetails): Promise<void> {
    const system = systemCaller("refusals", { ...caller, deadline: null });
    await this.database.write(system, (tx) =>
      audit({ ...tx, caller: caller.kind === "ANONYMOUS" ? system : caller }, this.subgraph, details),
    );
    this.wake();
  }
}

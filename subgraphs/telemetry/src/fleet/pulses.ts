import type { Database } from "@tollgate/kit";
import { type Fleet, fleets } from "./fleet.js";

/** Totals no older than this are shared by all who watch the same estate. */
const FRESH_MILLISECONDS = 900;

/** The totals of an estate at a moment. */
export interface Pulse {
  at: Date;
  fleet: Fleet;
}

/** Totals of the estates that somebody watches: computed once a second for each, however many watch. */
export class Pulses {
  private readonly recent = new Map<string, { since: number; pulse: Promise<Pulse> }>();

  constructor(
    private readonly database: Database,
    private readonly clock: () => Date,
  ) {}

  /** Whoever asks has been let into the estate of `organisationId`. */
  of(organisationId: string): Promise<Pulse> {
    const now = performance.now();
    for (const [id, { since }] of this.recent) if (now - since >= FRESH_MILLISECONDS) this.recent.delete(id);
    const known = this.recent.get(organisationId);
    if (known) return known.pulse;
    const pulse = this.compute(organisationId);
    this.recent.set(organisationId, { since: now, pulse });
    return pulse;
  }

  private async compute(organisationId: string): Promise<Pulse> {
    const fleet = await this.database.system("fleet-pulse", async (tx) =>
      (await fleets(tx, [organisationId])).get(organisationId),
    );
    if (!fleet) throw new Error("an estate without totals");
    return { at: this.clock(), fleet };
  }
}

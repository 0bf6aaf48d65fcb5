import { BoundedMap } from "../plan/bounded-map.js";

/** How new the tree must at least be for a session that changed it, in decimal. Forgets the oldest sessions. */
export class TenancyVersions {
  private readonly bySession: BoundedMap<string, string>;

  constructor(capacity: number) {
    this.bySession = new BoundedMap(capacity);
  }

  of(sessionId: string): string | null {
    return this.bySession.get(sessionId) ?? null;
  }

  /** Keeps the newer of the two; returns it. */
  raise(sessionId: string, version: string): string {
    const newer = newerVersion(this.of(sessionId), version);
    this.bySession.set(sessionId, newer);
    return newer;
  }
}

/** The newer of two versions in decimal. @throws SyntaxError when one is no whole number */
export function newerVersion(known: string | null, found: string): string {
  return known !== null && BigInt(known) >= BigInt(found) ? known : found;
}

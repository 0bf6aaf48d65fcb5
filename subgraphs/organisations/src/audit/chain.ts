import { createHash, timingSafeEqual } from "node:crypto";

/** What the first entry of an organisation follows from. */
export const GENESIS: Uint8Array = new Uint8Array(32);

/** SHA-256, hexadecimal, of what is personal in an entry: salted, because addresses and names can be guessed. */
const digestOf = (...columns: string[]) =>
  `encode(sha256(convert_to(jsonb_build_array(${columns.map((column) => `e.${column}`).join(", ")})::text, 'UTF8')), 'hex')`;

export const ORIGIN_DIGEST = digestOf("origin_salt", "address", "user_agent");
export const VALUES_DIGEST = digestOf("values_salt", "before", "after");

/**
 * The one text that stands for an entry, made by PostgreSQL from the stored row `e`: what is hashed is what is kept, with
 * every digit of every number. Changing the order or the fields breaks every chain there is. What is personal counts by
 * its digest, which stays when the values are taken out, and only then: nobody can put others in their place.
 */
export const CANONICAL = `jsonb_build_array(e.id, e.organisation_id, (extract(epoch from e.at) * 1000)::bigint, e.actor_kind,
  e.actor_id, e.actor_name, e.action, e.resource, e.resource_id,
  case when e.before is null and e.after is null then coalesce(e.values_digest, ${VALUES_DIGEST}) else ${VALUES_DIGEST} end,
  e.outcome, e.problem, e.subgraph,
  case when e.address is null and e.user_agent is null then coalesce(e.origin_digest, ${ORIGIN_DIGEST}) else ${ORIGIN_DIGEST} end,
  e.request_id, e.occurrences)::text`;

/** SHA-256 over the hash before and the entry. */
export const linkHash = (previous: Uint8Array, canonical: string): Uint8Array =>
  createHash("sha256").update(previous).update(canonical, "utf8").digest();

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A place in a chain with its hash. */
export interface ChainPoint {
  position: bigint;
  hash: Uint8Array;
}

/** A link as it is stored, with what it stands for. */
export interface StoredLink extends ChainPoint {
  entryId: string;
  /** Null when the entry is gone. */
  canonical: string | null;
  /** What an anchor says of this position; null where there is none. */
  anchor: { hash: Uint8Array; isGenuine: boolean } | null;
}

const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Follows a chain link by link, from the first one that is kept, and remembers where it stops to hold. */
export class ChainCheck {
  entriesChecked = 0;
  /** The entry where the chain stops to hold. */
  firstBroken: string | null = null;
  private last: ChainPoint;

  /** @param start what the first link must follow from: nothing, or a checkpoint. */
  constructor(
    start: ChainPoint,
    /** An anchor from outside of the database, of this chain. */
    private readonly witness: ChainPoint | null = null,
  ) {
    this.last = start;
  }

  /** @returns whether the chain still holds. */
  take(link: StoredLink): boolean {
    if (this.firstBroken !== null) return false;
    this.entriesChecked += 1;
    if (!this.follows(link)) {
      this.firstBroken = link.entryId;
      return false;
    }
    this.last = { position: link.position, hash: link.hash };
    return true;
  }

  /** How many entries an anchor promises that the chain does not have. */
  missingTail(newestAnchor: bigint | null): number {
    if (this.firstBroken !== null) return 0;
    const promised = [newestAnchor ?? 0n, this.witness?.position ?? 0n];
    return Math.max(0, ...promised.map((position) => Number(position - this.last.position)));
  }

  private follows({ position, hash, canonical, anchor }: StoredLink): boolean {
    if (position !== this.last.position + 1n || canonical === null) return false;
    if (!same(hash, linkHash(this.last.hash, canonical))) return false;
    if (anchor && !(anchor.isGenuine && same(anchor.hash, hash))) return false;
    return this.witness?.position !== position || same(this.witness.hash, hash);
  }
}

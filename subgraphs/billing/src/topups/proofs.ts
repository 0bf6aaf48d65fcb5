import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { audit, ConflictFault, type Database, InvalidInputFault, type Tx } from "@tollgate/kit";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import { and, eq, gt, inArray, isNull, lt, notExists, or } from "drizzle-orm";
import { proof, topUp } from "./topup.schema.js";
import { lockTopUp } from "./writing.js";

export const MOST_PROOF_BYTES = 5 * 2 ** 20;
const TARGET_LIVES = 15 * 60_000;
const LINK_LIVES = 5 * 60_000;
const DAY = 86_400_000;
/** Removed in one transaction. */
const MOST_AT_ONCE = 500;
/** Of one top-up, until those that nobody handed in are removed. */
const MOST_PLACES = 10;
const PATH = "/files/proofs";

/** The first bytes of what may be handed in, by content type. */
const BEGINNINGS: ReadonlyMap<string, readonly number[]> = new Map([
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
]);
export const PROOF_TYPES: readonly string[] = [...BEGINNINGS.keys()];

const isOf = (contentType: string, content: Uint8Array): boolean =>
  BEGINNINGS.get(contentType)?.every((byte, place) => content[place] === byte) ?? false;

export interface SignedFile {
  id: string;
  url: string;
  expiresAt: Date;
  contentType: string;
}

const answer = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/** Proofs of transfers: where they are put, once, and where whoever decides reads them. Links are signed and short. */
export class Proofs {
  private readonly key: Uint8Array;

  constructor(
    private readonly database: Database,
    masterSecret: string,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "proofs of transfers", 32));
  }

  /**
   * A place for one file. @throws InvalidInputFault for another kind of file; ConflictFault once the top-up is decided, or
   *   has too many places.
   */
  async target(tx: Tx, topUpId: string, contentType: string): Promise<SignedFile> {
    const row = await lockTopUp(tx, topUpId);
    if (row.provider !== "MANUAL" || !["INITIALISED", "PENDING", "EXPIRED"].includes(row.state)) {
      throw new ConflictFault("This top-up takes no proof any more.", row.id);
    }
    if (!PROOF_TYPES.includes(contentType)) {
      throw InvalidInputFault.of("contentType", "NOT_ALLOWED", "A proof is a PDF, PNG or JPEG.");
    }
    if ((await tx.db.$count(proof, eq(proof.topUpId, row.id))) >= MOST_PLACES) {
      throw new ConflictFault("Too many files for this top-up; try again tomorrow.", row.id);
    }
    const createdAt = this.clock();
    const expiresAt = new Date(createdAt.getTime() + TARGET_LIVES);
    const { organisationId } = row;
    const [made] = await tx.db
      .insert(proof)
      .values({ organisationId, topUpId, contentType, createdAt, expiresAt })
      .returning({ id: proof.id });
    if (!made) throw new Error("insert gave no row");
    await audit(tx, "billing", {
      action: "wallet:topUp",
      resource: "topUp",
      resourceId: topUpId,
      organisationId,
      after: { proofExpected: contentType },
    });
    return { id: made.id, contentType, expiresAt, url: this.link("PUT", made.id, expiresAt) };
  }

  /** A link to a proof that its caller may see. */
  download(id: string, contentType: string): SignedFile {
    const expiresAt = new Date(this.clock().getTime() + LINK_LIVES);
    return { id, contentType, expiresAt, url: this.link("GET", id, expiresAt) };
  }

  routes(): PassThroughRoute[] {
    const handle = (request: PassThroughRequest) => this.serve(request);
    return [
      { method: "PUT", path: PATH, maxBytes: MOST_PROOF_BYTES, handle },
      { method: "GET", path: PATH, handle },
    ];
  }

  private async serve(request: PassThroughRequest): Promise<PassThroughResponse> {
    const id = this.verified(request);
    if (!id) return answer(403, "This link is not valid, or no longer.");
    return request.method === "PUT" ? this.store(id, request.rawBody) : this.show(id);
  }

  private async store(id: string, content: Uint8Array): Promise<PassThroughResponse> {
    if (content.length > MOST_PROOF_BYTES) return answer(413, "A proof has at most 5 MB.");
    return this.database.system("proofs", async (tx) => {
      const [row] = await tx.db
        .select({ contentType: proof.contentType })
        .from(proof)
        .where(and(eq(proof.id, id), isNull(proof.content), gt(proof.expiresAt, this.clock())))
        .for("update");
      if (!row) return answer(409, "This place is taken.");
      if (!isOf(row.contentType, content)) return answer(415, `This is no ${row.contentType}.`);
      await tx.db.update(proof).set({ content }).where(eq(proof.id, id));
      return { status: 204, body: "" };
    });
  }

  private async show(id: string): Promise<PassThroughResponse> {
    const [row] = await this.database.system("proofs", (tx) =>
      tx.db.select({ contentType: proof.contentType, content: proof.content }).from(proof).where(eq(proof.id, id)),
    );
    if (!row?.content) return answer(404, "There is no such proof.");
    const headers = {
      "content-type": row.contentType,
      "content-disposition": "attachment",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    };
    return { status: 200, headers, body: row.content };
  }

  private link(method: string, id: string, expiresAt: Date): string {
    const until = expiresAt.getTime().toString();
    const query = new URLSearchParams({ id, until, signature: this.sign(method, id, until) });
    return new URL(`${PATH}?${query.toString()}`, this.publicUrl).toString();
  }

  private sign(method: string, id: string, until: string): string {
    return createHmac("sha256", this.key).update(`${method} ${id} ${until}`).digest("base64url");
  }

  /** The id that a request's link was signed for. */
  private verified({ method, query }: PassThroughRequest): string | null {
    const [id = "", until = "", signature = ""] = ["id", "until", "signature"].map((name) => query.get(name) ?? "");
    const given = Buffer.from(signature);
    const right = Buffer.from(this.sign(method, id, until));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return Number(until) > this.clock().getTime() ? id : null;
  }
}

/**
 * Removes what nobody handed in: places without a file when their links have ended, files a day later.
 * @returns how many; there may be more than one call removes.
 */
export const removeAbandoned = async (tx: Tx, at: Date): Promise<number> => {
  const dayAgo = new Date(at.getTime() - DAY);
  const handedIn = tx.db.select({ id: topUp.id }).from(topUp).where(eq(topUp.proofId, proof.id));
  const ended = or(lt(proof.expiresAt, dayAgo), and(lt(proof.expiresAt, at), isNull(proof.content)));
  // Locked first, then looked at again: one that is being handed in at this moment stays.
  const locked = await tx.db
    .select({ id: proof.id })
    .from(proof)
    .where(and(ended, notExists(handedIn)))
    .orderBy(proof.expiresAt)
    .limit(MOST_AT_ONCE)
    .for("update", { skipLocked: true });
  if (locked.length === 0) return 0;
  const ids = locked.map(({ id }) => id);
  const removed = await tx.db
    .delete(proof)
    .where(and(inArray(proof.id, ids), notExists(handedIn)))
    .returning({ id: proof.id });
  return removed.length;
};

/** Content types of proofs by id, of those that the caller sees. */
export const proofTypes = async (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx.db
    .select({ id: proof.id, contentType: proof.contentType })
    .from(proof)
    .where(inArray(proof.id, [...ids]));
  return new Map(rows.map(({ id, contentType }) => [id, contentType]));
};

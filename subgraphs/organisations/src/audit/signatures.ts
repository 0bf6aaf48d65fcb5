import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { ChainPoint } from "./chain.js";

export type PointKind = "ANCHOR" | "CHECKPOINT";

/** Signs points of chains with a key that is nowhere in the database: whoever can write there cannot make one. */
export class ChainSignatures {
  private readonly key: Uint8Array;

  constructor(masterSecret: string) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "anchors of the audit trail", 32));
  }

  sign(kind: PointKind, organisationId: string, { position, hash }: ChainPoint): Uint8Array {
    const text = [kind, organisationId, position.toString(), Buffer.from(hash).toString("hex")].join(" ");
    return createHmac("sha256", this.key).update(text).digest();
  }

  isGenuine(kind: PointKind, organisationId: string, point: ChainPoint, signature: Uint8Array): boolean {
    const right = this.sign(kind, organisationId, point);
    return right.length === signature.length && timingSafeEqual(right, signature);
  }
}

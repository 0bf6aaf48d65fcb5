import { createHash, hkdfSync } from "node:crypto";
import { CompactSign, compactVerify, errors } from "jose";
import { decode, encode } from "../protocol/codec.js";
import type { OrderPlacement } from "../protocol/events.js";

/** What a hold proves to whoever builds the machine that it pays for. */
export interface HoldReceipt {
  holdId: string;
  orderId: string;
  organisationId: string;
  /** Of the machine as ordered; see `machineDigest`. */
  digest: string;
  /** Not to be begun at this moment or later. */
  startBefore: Date;
}

const ALGORITHM = "HS256";

/** Of everything that a machine costs or is known by. The order of keys plays no part: JSON columns do not keep it. */
export const machineDigest = (vm: OrderPlacement["vm"]): string => {
  const disks = vm.disks.map(({ name, sizeBytes, storage }) => [name, sizeBytes, storage]);
  const facts = [vm.name, vm.image, vm.vcpus, vm.memoryBytes, disks];
  return createHash("sha256").update(encode(facts)).digest("hex");
};

/** Signs and verifies receipts as JWS, under a key that follows from the master secret. */
export class Receipts {
  private readonly key: Uint8Array;

  constructor(masterSecret: string) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "hold receipts", 32));
  }

  sign(receipt: HoldReceipt): Promise<string> {
    return new CompactSign(new TextEncoder().encode(encode(receipt)))
      .setProtectedHeader({ alg: ALGORITHM })
      .sign(this.key);
  }

  /** The receipt, or null for one that was not signed here or was changed since. Time is not looked at. */
  async verify(token: string): Promise<HoldReceipt | null> {
    try {
      const { payload } = await compactVerify(token, this.key, { algorithms: [ALGORITHM] });
      return decode(new TextDecoder().decode(payload)) as HoldReceipt; // signed by `sign` above
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

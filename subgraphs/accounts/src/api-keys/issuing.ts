import { ConflictFault, once, requirePerson, Sealer, type Tx } from "@tollgate/kit";
import type { ShownSecret } from "./api-keys.js";

/** How long an answer that got lost can be had again, with the secret in it. */
const REPEATABLE_MILLISECONDS = 3_600_000;
export const IDEMPOTENCY_KEPT_MILLISECONDS = 30 * 86_400_000;

/** A secret as it is kept for a repetition. */
interface Issued {
  id: string;
  /** Base64; erased after an hour. */
  sealed: string | null;
}

/** Gives out secrets once per idempotency key; the same again for an hour, to the same person. */
export class SecretIssuing {
  private readonly sealer: Sealer;

  constructor(masterSecret: string) {
    this.sealer = new Sealer(masterSecret, "api key secrets");
  }

  /** @throws ConflictFault for a key that was used otherwise, by somebody else or too long ago. */
  async once(
    tx: Tx,
    operation: string,
    { idempotencyKey: key, ...input }: { idempotencyKey: string },
    now: Date,
    work: () => Promise<ShownSecret>,
  ): Promise<ShownSecret> {
    const { userId } = requirePerson(tx.caller);
    const claim = { key, operation, input: { ...input, userId } };
    const issued = await once<Issued>(tx, claim, now, async () => {
      const { id, secret } = await work();
      return { id, sealed: Buffer.from(this.sealer.seal(secret, id)).toString("base64") };
    });
    if (issued.sealed === null) {
      throw new ConflictFault("This was done a while ago, and its secret is not shown again.", issued.id);
    }
    return { id: issued.id, secret: this.sealer.open(Buffer.from(issued.sealed, "base64"), issued.id) };
  }
}

/** Erases secrets that were kept for a repetition. */
export const forgetSecrets = async (tx: Tx, now: Date): Promise<void> => {
  const before = new Date(now.getTime() - REPEATABLE_MILLISECONDS).toISOString();
  await tx.sql`
    update idempotency set result = jsonb_set(result, '{0,sealed}', 'null')
     where created_at < ${before} and result #>> '{0,sealed}' is not null`;
};

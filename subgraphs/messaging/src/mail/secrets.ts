import type { Sealer } from "@tollgate/kit";
import type { Mail } from "./mail.schema.js";
import { secretOf } from "./text.js";

/** The secret of a mail as it lies in the table; null where its kind has none. GONE: erased after it was sent. */
export const openMail = (mail: Mail, atRest: Sealer): { secret: string | null } | "GONE" => {
  if (secretOf(mail.kind) === null) return { secret: null };
  return mail.sealed ? { secret: atRest.open(mail.sealed, mail.id) } : "GONE";
};

import { instant, json } from "@tollgate/kit";
import { customType, text } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** Keys that access tokens are signed with. Two are live at a time: one signs, the one before still verifies. */
export const signingKey = accounts.table("signing_key", {
  kid: text("kid").primaryKey(),
  publicJwk: json("public_jwk").notNull(),
  /** PKCS #8 in PEM, sealed. */
  sealedPrivateKey: bytes("sealed_private_key").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

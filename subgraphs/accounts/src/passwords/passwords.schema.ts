import { id, instant } from "@tollgate/kit";
import { index, text } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

/** Who asked for a new password, counted by e-mail and by address; whether anybody has the e-mail makes no difference. */
export const resetRequest = accounts.table(
  "reset_request",
  {
    id: id().primaryKey(),
    /** In lower case. */
    email: text("email").notNull(),
    address: text("address").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    index("reset_request_email_idx").on(table.email, table.at.desc()),
    index("reset_request_address_idx").on(table.address, table.at.desc()),
    index("reset_request_at_idx").on(table.at),
  ],
);

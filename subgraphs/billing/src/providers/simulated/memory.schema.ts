import { instant, json } from "@tollgate/kit";
import { text } from "drizzle-orm/pg-core";
import { billing } from "../../schema.js";
import type { OnlineProvider } from "../provider.js";

/** What a provider that is simulated knows, so that it knows it after a start anew. Of the demo alone; else empty. */
export const simulatedMemory = billing.table("simulated_memory", {
  provider: text("provider").$type<OnlineProvider>().primaryKey(),
  /** Its books by their names, each as its pairs. */
  books: json("books").$type<Readonly<Record<string, readonly (readonly [string, unknown])[]>>>().notNull(),
  savedAt: instant("saved_at").notNull(),
});

import type { Database } from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { simulatedMemory } from "./memory.schema.js";
import type { SimulatedProvider } from "./simulated.js";

type Books = (typeof simulatedMemory.$inferSelect)["books"];

const JOB = "simulated-payments";

const booksOf = ({ memory }: SimulatedProvider): Books =>
  Object.fromEntries(Object.entries(memory).map(([name, book]) => [name, [...book]]));

/** Keeps what simulated providers know in the database, so that a payment that was begun can be made after a start anew. */
export class SimulatedMemory {
  private readonly kept = new Map<string, string>();
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: () => Date,
  ) {}

  /** Gives providers back what they knew. */
  async recall(providers: Iterable<SimulatedProvider>): Promise<void> {
    const rows = await this.database.system(JOB, (tx) => tx.db.select().from(simulatedMemory));
    const known = new Map(rows.map(({ provider, books }) => [provider, books]));
    for (const provider of providers) {
      for (const [name, pairs] of Object.entries(known.get(provider.name) ?? {})) {
        for (const [key, value] of pairs) provider.memory[name]?.set(key, value);
      }
      this.kept.set(provider.name, encode(booksOf(provider)));
    }
  }

  /** Keeps what changed since the last time, one after the other. */
  save(providers: readonly SimulatedProvider[]): Promise<void> {
    const next = this.saving.catch(() => undefined).then(() => this.saveChanged(providers));
    this.saving = next;
    return next;
  }

  private async saveChanged(providers: readonly SimulatedProvider[]): Promise<void> {
    for (const provider of providers) {
      const books = booksOf(provider);
      const text = encode(books);
      if (this.kept.get(provider.name) === text) continue;
      const values = { provider: provider.name, books, savedAt: this.clock() };
      await this.database.system(JOB, (tx) =>
        tx.db
          .insert(simulatedMemory)
          .values(values)
          .onConflictDoUpdate({ target: simulatedMemory.provider, set: { books, savedAt: values.savedAt } }),
      );
      this.kept.set(provider.name, text);
    }
  }
}

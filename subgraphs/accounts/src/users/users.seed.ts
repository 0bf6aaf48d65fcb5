import { announce, type Subgraph, type Tx } from "@tollgate/kit";
import { PasswordHasher } from "../sign-in/hasher.js";
import { user } from "../tables.js";

export interface NewUser {
  id: string;
  organisationId: string;
  email: string;
  displayName: string;
  password: string;
}

/** Adds users that are active and verified at once; does nothing where there are users already. */
export const seedUsers = async (subgraph: Subgraph, users: readonly NewUser[]): Promise<void> => {
  const hasher = new PasswordHasher();
  const [known] = await subgraph.database.system("seed", (tx) => tx.db.select({ id: user.id }).from(user).limit(1));
  if (known) return;
  const hashes = await Promise.all(users.map(({ password }) => hasher.hash(password)));
  await subgraph.database.system("seed", async (tx) => {
    for (const [index, added] of users.entries()) await addUser(tx, added, hashes[index] ?? "");
  });
};

const addUser = async (
  tx: Tx,
  { id, organisationId, email, displayName }: NewUser,
  passwordHash: string,
): Promise<void> => {
  const [row] = await tx.db
    .insert(user)
    .values({ id, organisationId, email, displayName, passwordHash, emailVerified: true, status: "ACTIVE" })
    .returning();
  if (!row) throw new Error("insert gave no row");
  await announce(tx, "user.changed", {
    aggregateId: id,
    organisationId,
    payload: { userId: id, organisationId, email, displayName, locale: row.locale, status: row.status },
  });
};

interface Database {
  update(table: object): { set(values: object): Promise<void> };
  delete(table: object): Promise<void>;
}

export async function emptyTheWallets(db: Database, wallet: object): Promise<void> {
  await db.update(wallet).set({ posted: 0n });
  await db.delete(wallet);
}

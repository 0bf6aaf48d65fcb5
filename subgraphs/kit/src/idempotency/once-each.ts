import type { Tx } from "../database/database.js";
import { encode, revive } from "../protocol/codec.js";
import { type Claim, digestOf, isKey, notAKey, noteRepetition, ownerOf, usedOtherwise } from "./once.js";

/**
 * Does what many claims of one owner ask for once per key, as `once`, in a constant number of statements.
 * @param work does what was claimed first, of which it is told the places; for each a result or the error that refuses it,
 *   whose key is free again.
 * @returns for each claim, in their order, its result or error: ConflictFault, InvalidInputFault, or what `work` gave.
 */
export const onceEach = async <Result>(
  tx: Tx,
  claims: readonly Claim[],
  at: Date,
  work: (places: readonly number[]) => Promise<readonly (Result | Error)[]>,
): Promise<(Result | Error)[]> => {
  const [any] = claims;
  if (!any) return [];
  const organisationId = ownerOf(tx, any);
  const digests = claims.map(digestOf);
  const firsts = new Map(claims.map(({ key }, place) => [key, place] as const).reverse());
  const valid = [...firsts].filter(([key]) => isKey(key));
  // In the order of their keys, so that whoever claims several of the same waits for nobody in a circle.
  const claimed = await tx.sql<{ key: string }[]>`
    insert into idempotency (organisation_id, key, digest, created_at)
    select ${organisationId}, c.key, c.digest, ${at.toISOString()}
      from unnest(${valid.map(([key]) => key)}::text[], ${valid.map(([, place]) => digests[place] ?? "")}::text[])
             c(key, digest) order by c.key
    on conflict do nothing returning key`;
  const places = claimed.map(({ key }) => firsts.get(key) ?? 0).toSorted((a, b) => a - b);
  const results = new Map<number, Result | Error>();
  if (places.length > 0) {
    const given = await work(places);
    for (const [index, place] of places.entries())
      results.set(place, given[index] ?? new Error("work without a result"));
    await keepAll(tx, organisationId, claims, results);
  } else {
    noteRepetition();
  }
  const repeated = claims.flatMap(({ key }, place) => (results.has(place) || !isKey(key) ? [] : [key]));
  const known = await resultsOf<Result>(tx, organisationId, repeated);
  return claims.map(({ key }, place) => {
    if (!isKey(key)) return notAKey();
    const own = results.get(place);
    if (own !== undefined) return own;
    const done = known.get(key);
    // Its twin among these was refused, which freed the key: all are undone, and each is tried by itself.
    if (!done) throw new Error("the first with this key was refused");
    return done.digest === digests[place] ? done.result : usedOtherwise();
  });
};

/** Writes what was done under its keys, and frees those of what was refused. */
const keepAll = async (
  tx: Tx,
  organisationId: string,
  claims: readonly Claim[],
  results: ReadonlyMap<number, unknown>,
): Promise<void> => {
  const all = [...results].map(([place, result]) => ({ key: claims[place]?.key ?? "", result }));
  const refused = all.filter(({ result }) => result instanceof Error).map(({ key }) => key);
  const done = all.filter(({ result }) => !(result instanceof Error));
  if (refused.length > 0) {
    await tx.sql`
      delete from idempotency where organisation_id = ${organisationId} and key = any(${refused}::text[])`;
  }
  if (done.length === 0) return;
  await tx.sql`
    update idempotency i set result = d.result::jsonb
      from unnest(${done.map(({ key }) => key)}::text[], ${done.map(({ result }) => encode([result]))}::text[]) d(key, result)
     where i.organisation_id = ${organisationId} and i.key = d.key`;
};

const resultsOf = async <Result>(tx: Tx, organisationId: string, keys: readonly string[]) => {
  if (keys.length === 0) return new Map<string, { digest: string; result: Result }>();
  const rows = await tx.sql<{ key: string; digest: string; result: unknown }[]>`
    select key, digest, result from idempotency
     where organisation_id = ${organisationId} and key = any(${[...keys]}::text[])`;
  return new Map(
    rows.map((row) => {
      const [result] = revive(row.result) as [Result]; // what the work gave under this digest
      return [row.key, { digest: row.digest, result }];
    }),
  );
};

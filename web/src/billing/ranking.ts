/** A machine as it is ranked; the lower the rank, the longer it runs. */
interface Rankable {
  id: string;
  stopRank?: number | null;
}

export interface Ranking {
  /** Ids; the first stops last. */
  ranked: readonly string[];
  /** Ids of those that stop first. */
  others: readonly string[];
}

/** How machines are ranked now. */
export function rankingOf(machines: readonly Rankable[]): Ranking {
  const rankOf = ({ stopRank }: Rankable) => stopRank ?? Number.POSITIVE_INFINITY;
  const sorted = machines.toSorted((a, b) => rankOf(a) - rankOf(b) || 0);
  return {
    ranked: sorted.filter(({ stopRank }) => typeof stopRank === "number").map(({ id }) => id),
    others: sorted.filter(({ stopRank }) => typeof stopRank !== "number").map(({ id }) => id),
  };
}

/** Puts a machine at a place of the ranking, from another place of it or from those without a rank. */
export function placed({ ranked, others }: Ranking, id: string, place: number): Ranking {
  const rest = ranked.filter((other) => other !== id);
  const at = Math.max(0, Math.min(place, rest.length));
  return { ranked: [...rest.slice(0, at), id, ...rest.slice(at)], others: others.filter((other) => other !== id) };
}

/** Takes a machine's rank away. */
export function unranked({ ranked, others }: Ranking, id: string): Ranking {
  return { ranked: ranked.filter((other) => other !== id), others: [...others.filter((other) => other !== id), id] };
}

export function isSame(a: Ranking, b: Ranking): boolean {
  return a.ranked.join() === b.ranked.join();
}

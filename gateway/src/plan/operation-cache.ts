import { createHash } from "node:crypto";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { BoundedMap } from "./bounded-map.js";

/** Characters of a usual operation; longer ones count as several, because what is kept of them is as much larger. */
const usualLength = 2_000;

/** What is known about the operations that were asked lately, by supergraph, text and operation name. */
export class OperationCache<V> {
  private readonly known: BoundedMap<string, V>;

  /** @param capacity how many operations of the usual length are kept */
  constructor(capacity: number) {
    this.known = new BoundedMap(capacity * usualLength);
  }

  get size(): number {
    return this.known.size;
  }

  /** What is known, else what `make` finds out; nothing is kept when it throws. */
  find(supergraph: LoadedSupergraph, source: string, operationName: string | null, make: () => V): V {
    // An empty name is the name of no operation; none means the only one.
    const name = operationName === null ? "" : `=${operationName}`;
    const key = `${supergraph.id} ${name} ${createHash("sha256").update(source).digest("base64")}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.known.set(key, made, Math.max(source.length, usualLength));
    return made;
  }
}

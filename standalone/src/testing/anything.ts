/** How deep functions that are handed to it are called with more of it. */
const DEEPEST = 6;

/**
 * Stands for whatever code expects where only its way is of interest: has all properties, can be called, constructed,
 * awaited and iterated, and calls the functions that it is given.
 * @param known properties that are something in particular
 */
export const anything = (known: Readonly<Record<string, unknown>> = {}, depth = 0): unknown =>
  new Proxy(() => undefined, {
    get: (_target, property) => {
      if (typeof property === "string" && Object.hasOwn(known, property)) return known[property];
      if (property === "then") return undefined;
      if (property === Symbol.toPrimitive) return (hint: string) => (hint === "number" ? 1 : "1");
      if (property === Symbol.iterator) return () => [anything({}, depth + 1)][Symbol.iterator]();
      if (property === Symbol.asyncIterator) return nothing;
      return anything({}, depth + 1);
    },
    apply: (_target, _self, given: unknown[]) => {
      if (depth < DEEPEST) for (const one of given) callWith(one, depth + 1);
      return anything({}, depth + 1);
    },
    construct: () => anything({}, depth + 1) as object, // a proxy of a function, which is an object
    has: () => true,
  });

const callWith = (one: unknown, depth: number): void => {
  if (typeof one !== "function") return;
  void attempt(() => one(anything({}, depth), anything({}, depth)));
};

async function* nothing(): AsyncGenerator<never> {
  yield* [];
}

/** What fails on the way is of no interest, whether at once or later. */
export const attempt = async (work: () => unknown): Promise<void> => {
  try {
    await work();
  } catch {
    // No value was a real one.
  }
};

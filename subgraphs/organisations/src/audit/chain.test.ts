import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChainCheck, type ChainPoint, GENESIS, linkHash, type StoredLink } from "./chain.js";

const chainOf = (texts: readonly string[]): StoredLink[] => {
  let previous = GENESIS;
  return texts.map((text, index) => {
    const hash = linkHash(previous, text);
    previous = hash;
    return { position: BigInt(index + 1), entryId: `entry ${index + 1}`, hash, canonical: text, anchor: null };
  });
};

interface Proof {
  anchored?: bigint | null;
  witness?: ChainPoint | null;
}

const verdict = (links: readonly StoredLink[], { anchored = null, witness = null }: Proof = {}) => {
  const check = new ChainCheck({ position: 0n, hash: GENESIS }, witness);
  for (const link of links) check.take(link);
  return { broken: check.firstBroken, missing: check.missingTail(anchored) };
};

const isBroken = (links: readonly StoredLink[], proof: Proof = {}): boolean => {
  const { broken, missing } = verdict(links, proof);
  return broken !== null || missing > 0;
};

const texts = fc.array(fc.string({ maxLength: 40 }), { minLength: 2, maxLength: 30 });
const place = fc.nat();

describe("a chain", () => {
  it("holds as it was made, whatever is in it", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const links = chainOf(given);
        expect(isBroken(links, { anchored: BigInt(links.length), witness: links.at(-1) ?? null })).toBe(false);
      }),
    );
  });

  it("breaks at the entry that was edited", () => {
    fc.assert(
      fc.property(texts, place, fc.string(), (given, at, other) => {
        const links = chainOf(given);
        const index = at % links.length;
        fc.pre(other !== given[index]);
        const edited = links.map((link, i) => (i === index ? { ...link, canonical: other } : link));
        expect(verdict(edited).broken).toBe(`entry ${index + 1}`);
      }),
    );
  });

  it("breaks where an entry is gone, with or without its link", () => {
    fc.assert(
      fc.property(texts, place, fc.boolean(), (given, at, withLink) => {
        const links = chainOf(given);
        const index = at % (links.length - 1);
        const left = withLink
          ? links.filter((_, i) => i !== index)
          : links.map((link, i) => (i === index ? { ...link, canonical: null } : link));
        expect(verdict(left).broken).not.toBeNull();
      }),
    );
  });

  it("breaks where two entries were swapped, also when their positions were written anew", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), place, place, (given, one, other) => {
        const links = chainOf(given);
        const [a, b] = [one % links.length, other % links.length];
        fc.pre(a !== b);
        const swapped = links.map((link, i) => {
          const source = i === a ? links[b] : i === b ? links[a] : link;
          return { ...(source ?? link), position: link.position };
        });
        expect(isBroken(swapped)).toBe(true);
      }),
    );
  });

  it("breaks where the end was numbered anew, to hide that something before it was cut", () => {
    fc.assert(
      fc.property(texts, place, (given, at) => {
        const links = chainOf(given);
        const kept = links.slice(0, 1 + (at % (links.length - 1)));
        const hidden = kept.map((link, i) =>
          i === kept.length - 1 ? { ...link, position: BigInt(links.length) } : link,
        );
        expect(verdict(hidden, { anchored: BigInt(links.length) }).broken).toBe(kept.at(-1)?.entryId);
      }),
    );
  });

  it("misses a tail that was cut, by an anchor in the database or outside of it", () => {
    fc.assert(
      fc.property(texts, place, fc.boolean(), (given, at, outside) => {
        const links = chainOf(given);
        const kept = at % links.length;
        const last = links.at(-1) ?? null;
        const proof = outside ? { witness: last } : { anchored: BigInt(links.length) };
        expect(verdict(links.slice(0, kept), proof)).toEqual({ broken: null, missing: links.length - kept });
      }),
    );
  });

  it("differs from its anchor when it was written anew from some entry on", () => {
    fc.assert(
      fc.property(texts, place, (given, at) => {
        const index = at % given.length;
        const links = chainOf(given);
        const anew = chainOf(given.map((text, i) => (i === index ? `${text}!` : text)));
        const [honest, forged] = [links.at(-1), anew.at(-1)];
        if (!honest || !forged) throw new Error("empty");
        expect(isBroken(anew, { witness: honest })).toBe(true);
        const anchored = [...anew.slice(0, -1), { ...forged, anchor: { hash: honest.hash, isGenuine: true } }];
        expect(isBroken(anchored)).toBe(true);
        const ownAnchor = [...anew.slice(0, -1), { ...forged, anchor: { hash: forged.hash, isGenuine: false } }];
        expect(isBroken(ownAnchor)).toBe(true);
      }),
    );
  });
});

import { createHash } from "node:crypto";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * Chance that is the same for the same words: what one company throws never depends on how often another one threw.
 */
export class Dice {
  private readonly generator: RandomGenerator;
  private readonly words: string;

  constructor(...words: readonly (string | number)[]) {
    this.words = words.join(" ");
    this.generator = xoroshiro128plus(createHash("sha256").update(this.words).digest().readInt32BE());
  }

  /** Dice of their own for a further purpose. */
  of(...words: readonly (string | number)[]): Dice {
    return new Dice(this.words, ...words);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return uniformInt(this.generator, least, most);
  }

  /** True this often of a hundred times. */
  chance(percent: number): boolean {
    return this.between(1, 100) <= percent;
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const found = list[this.between(0, list.length - 1)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const digits = Array.from({ length: 32 }, () => this.between(0, 15).toString(16));
    digits[12] = "4";
    digits[16] = "8";
    const text = digits.join("");
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
  }
}

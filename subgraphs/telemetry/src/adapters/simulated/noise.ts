/** Pure noise: the same seed, channel and moment always give the same value, in any order and on any machine. */

/** A 32-bit number for a machine, drawn from its id. */
export const seedOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** 0 to 1, evenly spread, for a seed, a channel and an index. */
export const chance = (seed: number, channel: number, index: number): number => {
  let hash =
    seed ^
    Math.imul(channel + 1, 0x9e3779b1) ^
    Math.imul(index | 0, 0x85ebca6b) ^
    Math.imul((index / 2 ** 32) | 0, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

const ease = (part: number) => part * part * (3 - 2 * part);

/** A line without jumps between -1 and 1 that turns about once per `periodSeconds`. */
export const drift = (seed: number, channel: number, seconds: number, periodSeconds: number): number => {
  const position = seconds / periodSeconds;
  const index = Math.floor(position);
  const [from, to] = [chance(seed, channel, index), chance(seed, channel, index + 1)];
  return 2 * (from + (to - from) * ease(position - index)) - 1;
};

/** Something that comes now and then, once at most per slot: 0 outside of it, up to 1 at its height, without jumps. */
export const burst = (
  seed: number,
  channel: number,
  seconds: number,
  options: { slotSeconds: number; probability: number; riseSeconds: number },
): number => {
  const { slotSeconds, probability, riseSeconds } = options;
  const slot = Math.floor(seconds / slotSeconds);
  if (chance(seed, channel, slot) >= probability) return 0;
  const length = slotSeconds * (0.2 + 0.5 * chance(seed, channel + 1, slot));
  const start = slot * slotSeconds + (slotSeconds - length) * chance(seed, channel + 2, slot);
  const height = 0.5 + 0.5 * chance(seed, channel + 3, slot);
  const passed = seconds - start;
  if (passed <= 0 || passed >= length) return 0;
  return height * ease(Math.min(1, passed / riseSeconds, (length - passed) / riseSeconds));
};

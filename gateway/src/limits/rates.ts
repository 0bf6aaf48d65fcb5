import { BoundedMap } from "../plan/bounded-map.js";

/** How often something may happen: on average, and at once after a pause. */
export interface Rate {
  perSecond: number;
  burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock. */
  at: number;
}

/** Strangers can come from any number of addresses: the ones that were quiet for longest are forgotten, and start anew. */
const rememberedKeys = 50_000;

/** A token bucket a key. */
export class Rates {
  private readonly buckets = new BoundedMap<string, Bucket>(rememberedKeys);

  /** @param clock milliseconds that never go back */
  constructor(
    private readonly rate: Rate,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Counts one event of a key, at a rate of its own where one is given. Returns 0 when it may happen, else the whole seconds until one may. */
  waitFor(key: string, rate = this.rate): number {
    const { perSecond, burst } = rate;
    const now = this.clock();
    const bucket = this.buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return 0;
  }
}

/**
 * The key of an address: of IPv6 the network of 64 bits, of which one household has all addresses.
 * @param address undefined where the connection has been closed before anybody looked
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return "gone";
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length;
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}

import { BlockList, isIP } from "node:net";

const BITS = { 4: 32, 6: 128 } as const;
const MAPPED = "::ffff:";

interface Range {
  address: string;
  family: "ipv4" | "ipv6";
  bits: number;
}

/** A CIDR range or a single address; null for anything else. */
const rangeOf = (text: string): Range | null => {
  const [address = "", given, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes("%")) return null;
  const most = version === 4 ? BITS[4] : BITS[6];
  if (given !== undefined && !/^\d{1,3}$/.test(given)) return null;
  const bits = given === undefined ? most : Number(given);
  return bits > most ? null : { address, family: version === 4 ? "ipv4" : "ipv6", bits };
};

/** Whether a text is a CIDR range or a single address. */
export const isRange = (text: string): boolean => rangeOf(text) !== null;

/** Whether an address is in one of the ranges; no ranges at all allow every address. */
export const isAllowed = (address: string, ranges: readonly string[]): boolean => {
  if (ranges.length === 0) return true;
  const list = new BlockList();
  for (const text of ranges) {
    const range = rangeOf(text);
    if (range) list.addSubnet(range.address, range.bits, range.family);
  }
  const plain = address.toLowerCase().startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
};

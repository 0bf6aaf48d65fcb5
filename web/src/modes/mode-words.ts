import type { BillingMode } from "../gql/graphql.js";
import type { Paying } from "./mode-changes.js";

export const MODE_CHOICES: readonly { value: BillingMode; label: string; description: string }[] = [
  { value: "PREPAID", label: "In advance", description: "Machines run while the wallet has money for them." },
  { value: "INVOICED", label: "By invoice", description: "For the month that is over, up to a limit of credit." },
];

/** "in advance", or "by invoice, up to R 500,00". */
export function payingWords({ mode, creditLimit }: Paying): string {
  if (mode === "PREPAID") return "in advance";
  return creditLimit ? `by invoice, up to ${creditLimit.formatted}` : "by invoice";
}

/** The same where a sentence begins with it. */
export function payingTitle(paying: Paying): string {
  const words = payingWords(paying);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface Meant {
  name: string;
  /** How it pays just before. */
  from: Paying;
  to: Paying;
  /** The day and time; null is now. */
  when: string | null;
}

const sentence = (...parts: (string | false)[]): string => parts.filter((part) => part !== false).join(" ");

const isLower = ({ creditLimit: to }: Paying, { creditLimit: from }: Paying): boolean =>
  from !== null && (from.currency !== to?.currency || BigInt(to.minorUnits) < BigInt(from.minorUnits));

/** What a change will mean for whom it is about, for somebody who is to confirm it. */
export function meaningOf({ name, from, to, when }: Meant): string {
  const begin = when === null ? "From now on" : `From ${when} on`;
  const wasInvoiced = from.mode === "INVOICED";
  if (to.mode === "PREPAID") {
    return sentence(
      `${begin} ${name} pays in advance: its machines run only while its wallet has money for them.`,
      wasInvoiced &&
        `What it has used on credit${when === null ? "" : " by then"} is owed at once, and taken first from whatever is paid in.`,
    );
  }
  return sentence(
    `${begin} ${name} pays by invoice: what it uses is billed when the month is over,`,
    `and what it has not paid yet may come to ${to.creditLimit?.formatted ?? "the limit"} at most.`,
    wasInvoiced &&
      from.creditLimit?.formatted !== to.creditLimit?.formatted &&
      `${when === null ? "Until now" : "Until then"} the limit is ${from.creditLimit?.formatted ?? "another"}.`,
    when !== null && isLower(to, from) && "What the new limit does not cover by then is owed from that moment.",
  );
}

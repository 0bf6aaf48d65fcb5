import type { MailKind } from "@tollgate/kit/protocol";
import { MONEY_DESIGNS } from "./designs/money.js";
import { PEOPLE_DESIGNS } from "./designs/people.js";
import type { Design } from "./letter.js";

/**
 * How each kind of mail reads: what happened, what to do now, and what to do if it was not oneself. Facts of a kind are
 * those that its design asks for; times among them are ISO 8601.
 */
export const DESIGNS: Readonly<Record<MailKind, Design>> = { ...PEOPLE_DESIGNS, ...MONEY_DESIGNS };

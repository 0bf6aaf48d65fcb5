import { audit, ForbiddenFault, homeOrganisation, once, oneLine, organisationInScope, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq } from "drizzle-orm";
import { beginningOf } from "../beginning.js";
import { Refusals } from "../refusals.js";
import { taxRateAt } from "./tax.js";
import { type TaxRateRow, taxRate } from "./tax.schema.js";

export interface NewTaxRate {
  /** ISO 3166 alpha-2. */
  country: string;
  name: string;
  basisPoints: number;
  effectiveFrom: Date;
}

const COUNTRY = /^[A-Z]{2}$/;
const LONGEST_NAME = 40;

const requireSound = ({ country, name, basisPoints }: NewTaxRate): void => {
  const refusals = new Refusals();
  refusals.check(COUNTRY.test(country), "country", "MALFORMED", "A country has two capitals, such as ZA.");
  refusals.length(name, "name", LONGEST_NAME);
  refusals.share(basisPoints, "basisPoints", 0, 10_000);
  refusals.settle();
};

/** Writes a rate, over one of the same moment. @param organisationId the operator's. */
export const putTaxRate = async (tx: Tx, organisationId: string, wanted: NewTaxRate): Promise<void> => {
  const { name, basisPoints } = wanted;
  const target = [taxRate.organisationId, taxRate.country, taxRate.effectiveFrom];
  await tx.db
    .insert(taxRate)
    .values({ ...wanted, organisationId })
    .onConflictDoUpdate({ target, set: { name, basisPoints } });
};

/** Taxes are the same for everybody, so the operator alone sets them. @throws ForbiddenFault POLICY. */
const requireOperator = async (tx: Tx): Promise<string> => {
  const { organisationId, kind } = await organisationInScope(tx, homeOrganisation(tx.caller));
  if (kind === "INTERNAL") return organisationId;
  throw new ForbiddenFault("Taxes are set by the operator.", "POLICY", "price:manage");
};

/** Which rate it is: a country has one from a moment on. */
export interface TaxRateKey {
  country: string;
  effectiveFrom: Date;
}

/**
 * The tax of a country from a date on. One that has not begun yet is replaced by another of its date.
 * @throws ForbiddenFault for anybody but the operator; InvalidInputFault; ConflictFault for a key used otherwise.
 */
export const setTaxRate = (tx: Tx, wish: NewTaxRate & { idempotencyKey: string }, at: Date): Promise<TaxRateKey> => {
  const { idempotencyKey: key, ...input } = wish;
  return once(tx, { key, operation: "setTaxRate", input }, at, async () => {
    const organisationId = await requireOperator(tx);
    const wanted = { ...input, country: input.country.trim().toUpperCase(), name: oneLine(input.name) };
    requireSound(wanted);
    const { country, name, basisPoints } = wanted;
    const effectiveFrom = beginningOf("effectiveFrom", wanted.effectiveFrom, at);
    const before = await taxRateAt(tx, country, effectiveFrom);
    await putTaxRate(tx, organisationId, { ...wanted, effectiveFrom });
    await audit(tx, "billing", {
      action: "price:manage",
      resource: "taxRate",
      organisationId,
      before: before && { name: before.name, basisPoints: before.basisPoints },
      after: { country, name, basisPoints, effectiveFrom },
    });
    return { country, effectiveFrom };
  });
};

const MOST_RATES = 500;

/** All rates, by country, each one's newest first; those to come as well. */
export const listTaxRates = (tx: Tx, country: string | null): Promise<TaxRateRow[]> =>
  tx.db
    .select()
    .from(taxRate)
    .where(country === null ? undefined : eq(taxRate.country, country.trim().toUpperCase()))
    .orderBy(asc(taxRate.country), desc(taxRate.effectiveFrom))
    .limit(MOST_RATES);

/** @throws Error where there is none: whoever asks has just written it. */
export const taxRateByKey = async (tx: Tx, { country, effectiveFrom }: TaxRateKey): Promise<TaxRateRow> => {
  const [row] = await tx.db
    .select()
    .from(taxRate)
    .where(and(eq(taxRate.country, country), eq(taxRate.effectiveFrom, effectiveFrom)));
  if (!row) throw new Error("a rate that was set is gone");
  return row;
};

import type { TenancyChange } from "@tollgate/kit/protocol";
import type { Company } from "./companies.js";
import { Dice } from "./dice.js";

/** Who serves the companies: an operator, its resellers, and each company below one of them. */
export interface Estate {
  operator: string;
  resellers: readonly string[];
  companies: readonly Company[];
  /** As organisations tells it. */
  changes: readonly TenancyChange[];
}

export const estateOf = (seed: number, resellerCount: number, companies: readonly Company[]): Estate => {
  const dice = new Dice(seed, "estate");
  const operator = dice.uuid();
  const resellers = Array.from({ length: resellerCount }, () => dice.uuid());
  const change = (
    organisationId: string,
    above: readonly string[],
    kind: TenancyChange["kind"],
  ): Omit<TenancyChange, "version"> => ({
    organisationId,
    parentId: above.at(-1) ?? null,
    path: `/${[...above, organisationId].join("/")}/`,
    kind,
    status: "ACTIVE",
  });
  const changes = [
    change(operator, [], "INTERNAL"),
    ...resellers.map((id) => change(id, [operator], "RESELLER")),
    ...companies.map(({ id, reseller }) => {
      const served = resellers[reseller];
      if (served === undefined) throw new RangeError("a company without a reseller");
      return change(id, [operator, served], "CUSTOMER");
    }),
  ].map((one, index) => ({ ...one, version: `${index + 1}` }));
  return { operator, resellers, companies, changes };
};

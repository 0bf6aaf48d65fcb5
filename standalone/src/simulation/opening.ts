import type { World } from "./world.js";

const DAY = 86_400_000;

/** What the operator does before the first day: the country's tax, and an offer in the third month. */
export const openForBusiness = async (world: World): Promise<void> => {
  const operator = world.person(world.estate.operator);
  const done = async (name: string, input: Record<string, unknown>, type: string): Promise<void> => {
    const keyed = { ...input, idempotencyKey: world.key() };
    const outcome = await world.change(name, keyed, `... on ${type} { __typename }`, operator);
    if (outcome.__typename !== type) throw new Error(JSON.stringify(outcome));
  };
  const after = (days: number): string => new Date(world.start.getTime() + days * DAY).toISOString();
  await done("setTaxRate", { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: after(0) }, "TaxRate");
  const offer = { name: "Autumn", basisPoints: 1_000, startsAt: after(60), endsAt: after(90) };
  await done("createPromotion", offer, "Promotion");
};

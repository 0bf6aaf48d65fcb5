import type { Company, PlannedMachine } from "./companies.js";
import type { World } from "./world.js";

/** How often of a hundred times a company thinks better of a quote. */
const REJECTED = 5;
/** Of an order. */
const CANCELLED = 2;

/** What became of an order: `shortfall` says how many cents were missing; null: nothing was. */
export interface Ordered {
  shortfall: bigint | null;
}

/**
 * A quote for a machine, and an order from it, unless the company thinks better of either.
 * @param number of quotes that the company asked for: on it depends what it thinks.
 */
export const orderMachine = async (
  world: World,
  company: Company,
  machine: PlannedMachine,
  number: number,
): Promise<Ordered> => {
  const buyer = world.person(company.id);
  const dice = world.dice(company.id, "quote", number);
  const change = (name: string, input: Record<string, unknown>, selection: string) =>
    world.change(name, { ...input, idempotencyKey: world.key() }, selection, buyer);
  const vm = { name: machine.name, templateId: await world.templateId(machine.size), image: "Debian 13" };
  const quoted = await change("createQuote", { vm, interval: "MONTHLY" }, "... on Quote { id }");
  const quoteId = quoted.id;
  if (!quoteId) throw new Error(JSON.stringify(quoted));
  await change("issueQuote", { quoteId }, "... on Quote { id }");
  if (dice.chance(REJECTED)) {
    await change("rejectQuote", { quoteId, reason: "Another month." }, "... on Quote { id }");
    return { shortfall: null };
  }
  const selection = "... on Order { id } ... on InsufficientFundsProblem { shortfall { minorUnits } }";
  const placed = await change("orderVm", { quoteId }, selection);
  if (placed.code === "INSUFFICIENT_FUNDS") {
    const { minorUnits } = placed["shortfall"] as { minorUnits: string }; // as the selection asks for it
    return { shortfall: BigInt(minorUnits) };
  }
  if (!placed.id) throw new Error(JSON.stringify(placed));
  if (dice.chance(CANCELLED)) await change("cancelOrder", { orderId: placed.id }, "... on Order { id }");
  return { shortfall: null };
};

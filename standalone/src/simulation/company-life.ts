import { type Company, monthlyCostOf, type PlannedMachine } from "./companies.js";
import { transfer } from "./paying.js";
import type { World } from "./world.js";

/** A company's wallet as it is in the morning, in cents. */
export interface MorningWallet {
  id: string;
  state: "ACTIVE" | "LOW" | "OUT_OF_FUNDS" | "STOPPED" | "CLOSED";
  available: bigint;
  owed: bigint;
}

const DAYS_LATE = { PROMPT: 0, LATE: 2, FORGETFUL: 7 } as const;
/** How often of a hundred times a company thinks better of a quote. */
const REJECTED = 5;
/** Of an order. */
const CANCELLED = 2;

/** What a company does in the course of a simulation: it orders, pays, rests at weekends and gives machines up. */
export class CompanyLife {
  private transfers = 0;
  private quotes = 0;
  /** Day on which it noticed that it must pay. */
  private noticedOn: number | null = null;
  private readonly waiting: PlannedMachine[] = [];

  constructor(
    private readonly world: World,
    readonly company: Company,
  ) {}

  /** A day's work, with the clock standing still. */
  async live(day: number, wallet: MorningWallet): Promise<void> {
    this.waiting.push(...this.company.machines.filter(({ fromDay }) => fromDay === day));
    if (this.mustPay(day, wallet)) await this.pay(wallet.id, this.payment(wallet));
    for (const machine of this.waiting.splice(0)) {
      const isMade = await this.order(machine, wallet);
      if (!isMade) this.waiting.push({ ...machine, fromDay: day + 1 });
    }
    for (const { name, untilDay } of this.company.machines)
      if (untilDay === day) await this.world.telemetry.delete(this.world.billing, this.company.id, name);
  }

  /** What nobody needs at weekends is stopped on Friday evening and started on Monday morning. */
  async rest(state: "RUNNING" | "STOPPED"): Promise<void> {
    const resting = this.company.machines.filter((machine) => machine.restsAtWeekends);
    for (const { name } of resting) await this.world.telemetry.power(this.world.billing, this.company.id, name, state);
  }

  private mustPay(day: number, { state, owed }: MorningWallet): boolean {
    const { payer } = this.company;
    const isShort = payer === "PROMPT" ? state !== "ACTIVE" : state === "OUT_OF_FUNDS" || state === "STOPPED";
    if (!(isShort || owed > 0n)) {
      this.noticedOn = null;
      return false;
    }
    this.noticedOn ??= day;
    return day - this.noticedOn >= DAYS_LATE[payer];
  }

  private payment({ owed }: MorningWallet): bigint {
    return owed + monthlyCostOf(this.company) * BigInt(this.company.monthsAtOnce);
  }

  private async pay(walletId: string, amount: bigint): Promise<boolean> {
    this.transfers += 1;
    return transfer(this.world, this.company, walletId, amount, this.transfers);
  }

  /** @returns whether it is ordered, or given up; false: once more tomorrow. */
  private async order(machine: PlannedMachine, wallet: MorningWallet): Promise<boolean> {
    const { world, company } = this;
    const buyer = world.person(company.id);
    this.quotes += 1;
    const dice = world.dice(company.id, "quote", this.quotes);
    const keyed = (input: Record<string, unknown>) => ({ ...input, idempotencyKey: world.key() });
    const vm = { name: machine.name, templateId: await world.templateId(machine.size), image: "Debian 13" };
    const quoted = await world.change("createQuote", keyed({ vm, interval: "MONTHLY" }), "... on Quote { id }", buyer);
    const quoteId = quoted.id;
    if (!quoteId) throw new Error(JSON.stringify(quoted));
    await world.change("issueQuote", keyed({ quoteId }), "... on Quote { id }", buyer);
    if (dice.chance(REJECTED)) {
      await world.change("rejectQuote", keyed({ quoteId, reason: "Another month." }), "... on Quote { id }", buyer);
      return true;
    }
    const selection = "... on Order { id } ... on InsufficientFundsProblem { shortfall { minorUnits } }";
    const placed = await world.change("orderVm", keyed({ quoteId }), selection, buyer);
    if (placed.code === "INSUFFICIENT_FUNDS") {
      const { minorUnits } = placed["shortfall"] as { minorUnits: string }; // as the selection asks for it
      if (!company.isInvoiced) await this.pay(wallet.id, BigInt(minorUnits) + this.payment(wallet));
      return false;
    }
    if (!placed.id) throw new Error(JSON.stringify(placed));
    if (dice.chance(CANCELLED)) {
      await world.change("cancelOrder", keyed({ orderId: placed.id }), "... on Order { id }", buyer);
    }
    return true;
  }
}

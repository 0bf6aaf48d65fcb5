import { type Company, CREDIT_MONTHS, monthlyCostOf, type PlannedMachine } from "./companies.js";
import type { OpenInvoice } from "./open-invoices.js";
import { orderMachine } from "./ordering.js";
import { transfer } from "./paying.js";
import type { World } from "./world.js";

/** A company's wallet as it is in the morning, in cents. */
export interface MorningWallet {
  id: string;
  state: "ACTIVE" | "LOW" | "OUT_OF_FUNDS" | "STOPPED" | "CLOSED";
  available: bigint;
  owed: bigint;
}

const DAY = 86_400_000;
const DAYS_LATE = { PROMPT: 0, LATE: 2, FORGETFUL: 7 } as const;
/** Days after an invoice was issued. */
const PAYS_AFTER = { PROMPT: 5, LATE: 16, FORGETFUL: 40 } as const;

/** What a company does in the course of a simulation: it orders, pays, rests at weekends and gives machines up. */
export class CompanyLife {
  private transfers = 0;
  private quotes = 0;
  /** Day on which it noticed that it must pay. */
  private noticedOn: number | null = null;
  private waiting: PlannedMachine[] = [];

  constructor(
    private readonly world: World,
    readonly company: Company,
  ) {}

  /** A day's work, with the clock standing still. */
  async live(day: number, wallet: MorningWallet, invoices: readonly OpenInvoice[]): Promise<void> {
    if (day === 0 && this.company.isInvoiced) await this.askForCredit();
    if (this.mustPay(day, wallet)) await this.pay(wallet.id, this.payment(wallet));
    for (const invoice of invoices) await this.settle(wallet.id, invoice);
    this.waiting.push(...this.company.machines.filter(({ fromDay }) => fromDay === day));
    await this.order(wallet);
    for (const { name, untilDay } of this.company.machines)
      if (untilDay === day) await this.world.telemetry.delete(this.world.billing, this.company.id, name);
  }

  /** What nobody needs at weekends is stopped on Friday evening and started on Monday morning. */
  async rest(state: "RUNNING" | "STOPPED"): Promise<void> {
    const resting = this.company.machines.filter((machine) => machine.restsAtWeekends);
    for (const { name } of resting) await this.world.telemetry.power(this.world.billing, this.company.id, name, state);
  }

  /** Its reseller lets it pay in arrears. */
  private async askForCredit(): Promise<void> {
    const { world, company } = this;
    const creditLimit = { minorUnits: (monthlyCostOf(company) * CREDIT_MONTHS).toString(), currency: "ZAR" };
    const input = {
      organisationId: company.id,
      mode: "INVOICED",
      creditLimit,
      effectiveFrom: world.now().toISOString(),
    };
    const reseller = world.person(world.estate.resellers[company.reseller] ?? "");
    const keyed = { ...input, idempotencyKey: world.key() };
    const outcome = await world.change("changeBillingMode", keyed, "... on BillingModeChange { mode }", reseller);
    if (outcome["mode"] !== "INVOICED") throw new Error(JSON.stringify(outcome));
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

  private pay(walletId: string, amount: bigint): Promise<boolean> {
    this.transfers += 1;
    return transfer(this.world, this.company, walletId, amount, this.transfers);
  }

  /** Sends the money, then pays the invoice from the wallet; what is not there yet is tried again tomorrow. */
  private async settle(walletId: string, { id: invoiceId, due, issuedAt }: OpenInvoice): Promise<void> {
    const { world, company } = this;
    if (world.now().getTime() - issuedAt.getTime() < PAYS_AFTER[company.payer] * DAY) return;
    if (!(await this.pay(walletId, due))) return;
    const input = { invoiceId, idempotencyKey: world.key() };
    await world.change("payInvoice", input, "... on InvoicePayment { invoice { state } }", world.person(company.id));
  }

  /** What it cannot afford today it orders tomorrow. */
  private async order(wallet: MorningWallet): Promise<void> {
    const wanted = this.waiting;
    this.waiting = [];
    for (const machine of wanted) {
      this.quotes += 1;
      const { shortfall } = await orderMachine(this.world, this.company, machine, this.quotes);
      if (shortfall === null) continue;
      this.waiting.push(machine);
      if (!this.company.isInvoiced) await this.pay(wallet.id, shortfall + this.payment(wallet));
    }
  }
}

import { forgetKeys, type SubgraphDefinition, type SubgraphKit } from "@tollgate/kit";
import { sumUpSpend } from "./figures/summing.js";
import { remindOverdue } from "./invoices/reminding.js";
import { runDueMonths } from "./invoices/running.js";
import { verifyNightly } from "./ledger/nightly.js";
import { applyBillingModes } from "./modes/applying.js";
import { cancelOverdue } from "./orders/orders.js";
import { forgetBodies, openEvents } from "./providers/events.js";
import type { Webhooks } from "./providers/webhooks.js";
import { renewDue } from "./services/renewals.js";
import { warnOfEnds } from "./services/warnings.js";
import type { Paying } from "./topups/paying.js";
import { removeAbandoned } from "./topups/proofs.js";
import type { Refunding } from "./topups/refunding.js";
import { expireTopUps } from "./topups/topups.js";
import { chargeUntil } from "./usage/charge.js";
import { recoverAll } from "./usage/recover.js";
import { reserveStorage } from "./usage/storage.js";

const DAY = 86_400_000;
const KEYS_KEPT = 30 * DAY;
/** What is applied just now is not taken for left behind. */
const LEFT_BEHIND = 5 * 60_000;

/** What jobs work with. */
export interface Workers {
  clock: () => Date;
  webhooks: Webhooks;
  paying: Paying;
  refunding: Refunding;
}

type Jobs = NonNullable<ReturnType<SubgraphDefinition["parts"]>["jobs"]>;

/** All that billing does by the clock. */
export const billingJobs = (kit: SubgraphKit, { clock, webhooks, paying, refunding }: Workers): Jobs => [
  {
    name: "expire-top-ups",
    schedule: "*/10 * * * *",
    run: async () => {
      while ((await kit.database.system("expire-top-ups", (tx) => expireTopUps(tx, clock()))) > 0);
      kit.wakeRelay();
    },
  },
  {
    name: "ask-payment-providers",
    schedule: "*/10 * * * *",
    run: async () => {
      const before = new Date(clock().getTime() - LEFT_BEHIND);
      await webhooks.replay(await kit.database.system("provider-events", (tx) => openEvents(tx, before)));
      await paying.reconcileAll();
      await refunding.sendAll();
      await kit.database.system("provider-events", (tx) => forgetBodies(tx, clock()));
      kit.wakeRelay();
    },
  },
  {
    name: "remove-abandoned-proofs",
    schedule: "23 * * * *",
    run: async () => {
      const remove = () => kit.database.system("remove-abandoned-proofs", (tx) => removeAbandoned(tx, clock()));
      while ((await remove()) > 0);
    },
  },
  {
    name: "apply-billing-modes",
    schedule: "* * * * *",
    run: async () => {
      for (const [organisationId, error] of await applyBillingModes(kit.database, clock())) {
        kit.logger.error({ organisationId, error }, "a billing mode is not applied");
      }
      kit.wakeRelay();
    },
  },
  {
    name: "charge-usage",
    schedule: "* * * * *",
    run: async () => {
      const failures = await chargeUntil(kit.database, clock());
      for (const [organisationId, error] of failures) kit.logger.error({ organisationId, error }, "use is not charged");
      for (const [walletId, error] of await recoverAll(kit.database, clock())) {
        kit.logger.error({ walletId, error }, "a wallet has not recovered");
      }
      kit.wakeRelay();
    },
  },
  {
    name: "sum-up-spend",
    schedule: "*/10 * * * *",
    run: () => sumUpSpend(kit.database),
  },
  {
    name: "renew-services",
    schedule: "* * * * *",
    run: async () => {
      const failures = await renewDue(kit.database, clock());
      for (const [id, error] of failures) kit.logger.error({ id, error }, "a service subscription is not renewed");
      kit.wakeRelay();
    },
  },
  {
    name: "warn-of-services",
    schedule: "17 * * * *",
    run: async () => {
      await warnOfEnds(kit.database, clock());
      kit.wakeRelay();
    },
  },
  {
    name: "reserve-storage",
    schedule: "13 * * * *",
    run: async () => {
      const failures = await reserveStorage(kit.database, clock());
      for (const [walletId, error] of failures) kit.logger.error({ walletId, error }, "storage is not reserved");
      kit.wakeRelay();
    },
  },
  {
    name: "cancel-overdue-orders",
    schedule: "* * * * *",
    run: async () => {
      await kit.database.system("cancel-overdue-orders", (tx) => cancelOverdue(tx, clock()));
      kit.wakeRelay();
    },
  },
  {
    name: "forget-idempotency-keys",
    schedule: "7 3 * * *",
    run: () =>
      kit.database.system("forget-idempotency-keys", (tx) => forgetKeys(tx, new Date(clock().getTime() - KEYS_KEPT))),
  },
  {
    name: "invoice-months",
    schedule: "12 * * * *",
    run: async () => {
      await runDueMonths(kit.database, clock(), (organisationId, error) =>
        kit.logger.error({ organisationId, error }, "a month is not invoiced"),
      );
      kit.wakeRelay();
    },
  },
  {
    name: "remind-of-invoices",
    schedule: "42 * * * *",
    run: async () => {
      const reminded = await remindOverdue(kit.database, clock(), (invoiceId, error) =>
        kit.logger.error({ invoiceId, error }, "nobody is reminded of an invoice"),
      );
      if (reminded > 0) kit.wakeRelay();
    },
  },
  {
    name: "verify-ledger",
    schedule: "33 1 * * *",
    run: () => verifyNightly(kit),
  },
];

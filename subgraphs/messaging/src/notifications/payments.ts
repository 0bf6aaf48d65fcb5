import type { EventHandler, Tx } from "@tollgate/kit";
import type { DeliveredEvent, PaymentIncident, TopUpChange } from "@tollgate/kit/protocol";
import { mailPeople } from "../mail/mail-people.js";
import {
  membersAboveHolding,
  membersAtTopHolding,
  membersHolding,
  personOf,
  type Recipient,
} from "../people/people.js";
import { type Notice, notify } from "./notifications.js";
import { tellByWhatsApp } from "./whatsapp.js";

/** Payloads below are the catalogue's types for their events. */

type Ended = Exclude<TopUpChange["state"], "AWAITING_APPROVAL">;
type Words = Pick<Notice, "severity" | "title" | "body">;

const because = (reason: string | null): string => (reason === null ? "" : ` ${reason}`);
const withBonus = ({ bonus }: TopUpChange): string => (bonus === null ? "" : ` A coupon added ${bonus}.`);

/** What the payer's people are told, by what became of the payment. */
const WORDS: Readonly<Record<Ended, (topUp: TopUpChange) => Words>> = {
  SUCCEEDED: (topUp) => ({
    severity: "INFO",
    title: "Your top-up has arrived",
    body: `${topUp.amount} are in your wallet.${withBonus(topUp)}`,
  }),
  FAILED: ({ amount, reason }) => ({
    severity: "WARNING",
    title: "Your top-up failed",
    body: `The payment of ${amount} came to nothing.${because(reason)} Nothing was added to the wallet; try again.`,
  }),
  EXPIRED: ({ amount, reference }) => ({
    severity: "WARNING",
    title: "Your top-up expired",
    body: `The payment of ${amount} (${reference}) was not made in time. If you have paid, it is still added once that is known.`,
  }),
  REJECTED: ({ amount, reason }) => ({
    severity: "WARNING",
    title: "Your top-up was rejected",
    body: `The payment of ${amount} was not accepted.${because(reason)}`,
  }),
  REFUNDED: ({ amount, reference, reason }) => ({
    severity: "INFO",
    title: "Money of a top-up goes back to you",
    body: `${amount} of the payment ${reference} were taken from the wallet and go back the way they came.${because(reason)}`,
  }),
  REFUND_FAILED: ({ amount, reference, reason }) => ({
    severity: "WARNING",
    title: "A refund did not stand",
    body: `${amount} of the payment ${reference} are in the wallet again.${because(reason)}`,
  }),
  CHARGED_BACK: ({ amount, reference }) => ({
    severity: "CRITICAL",
    title: "The bank took a payment back",
    body: `${amount} of the payment ${reference} left the wallet; what was not there any more is owed, and taken from the next top-up first.`,
  }),
  CHARGEBACK_REVERSED: ({ amount, reference }) => ({
    severity: "INFO",
    title: "The bank gave a payment again",
    body: `${amount} of the payment ${reference} are in the wallet again.`,
  }),
};

/** What is worth a mail to the one who paid. */
const BY_MAIL: ReadonlySet<Ended> = new Set(["SUCCEEDED", "FAILED", "REJECTED", "REFUNDED", "CHARGED_BACK"]);
/** What the organisation hears of on its own phone as well. */
const BY_WHATSAPP: ReadonlySet<Ended> = new Set(["SUCCEEDED", "CHARGED_BACK"]);
/** What those above who pay money back should know, too. */
const TOLD_ABOVE: ReadonlySet<Ended> = new Set(["CHARGED_BACK", "REFUND_FAILED"]);

const distinct = (people: readonly Recipient[]): Recipient[] => [
  ...new Map(people.map((person) => [person.userId, person])).values(),
];

/** Who started it; where that was nobody who is still there, those who pay for their organisation. */
const payersOf = async (tx: Tx, { startedBy, organisationId }: TopUpChange): Promise<Recipient[]> => {
  const starter = await personOf(tx, startedBy);
  return starter.length > 0 ? starter : membersHolding(tx, organisationId, ["wallet:topUp"]);
};

const askForApproval = async (
  tx: Tx,
  event: DeliveredEvent,
  { organisationId, amount }: TopUpChange,
): Promise<void> => {
  const approvers = await membersAboveHolding(tx, organisationId, ["topUp:approve"]);
  const notice = {
    kind: "TOP_UP",
    severity: "INFO",
    title: "A top-up to approve",
    body: `A payment of ${amount} waits for your approval.`,
    link: "/approvals",
    subjectOrganisationId: organisationId,
    at: event.occurredAt,
  } as const;
  await notify(tx, approvers, notice, event.id);
};

const topUpChanged =
  (clock: () => Date): EventHandler =>
  async (tx, event) => {
    const topUp = event.payload as TopUpChange;
    const { state, organisationId } = topUp;
    if (state === "AWAITING_APPROVAL") return askForApproval(tx, event, topUp);
    const words = WORDS[state](topUp);
    const payers = await payersOf(tx, topUp);
    const above = TOLD_ABOVE.has(state) ? await membersAboveHolding(tx, organisationId, ["topUp:refund"]) : [];
    const about = { kind: "TOP_UP", subjectOrganisationId: organisationId, at: event.occurredAt } as const;
    const notice: Notice = { ...about, ...words, link: "/wallet" };
    await notify(tx, distinct([...payers, ...above]), notice, event.id);
    if (BY_MAIL.has(state)) {
      const facts = { title: words.title, body: words.body };
      await mailPeople(tx, { eventId: event.id, organisationId, kind: "TOP_UP", facts }, payers, clock());
    }
    if (BY_WHATSAPP.has(state)) await tellByWhatsApp(tx, organisationId, notice, event.id);
  };

/** The platform's people look into what a provider tells and nobody believes. */
const paymentRefused: EventHandler = async (tx, event) => {
  const { topUpId, organisationId, reference, provider, problem } = event.payload as PaymentIncident;
  const notice = {
    kind: "TOP_UP",
    severity: "CRITICAL",
    title: "A payment is not what was asked for",
    body: `${provider}, ${reference}: ${problem} Nothing was added to or taken from the wallet.`,
    link: `/payments/events?topUp=${topUpId}`,
    subjectOrganisationId: organisationId,
    at: event.occurredAt,
  } as const;
  await notify(tx, await membersAtTopHolding(tx, ["providerEvent:read"]), notice, event.id);
};

/** What people are told of payments, by the event it comes from. @param clock of when mails are sent. */
export const paymentHandlers = (clock: () => Date): Readonly<Record<string, EventHandler>> => ({
  "topUp.changed": topUpChanged(clock),
  "payment.refused": paymentRefused,
});

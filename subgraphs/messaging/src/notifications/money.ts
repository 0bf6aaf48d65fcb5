import type { EventHandler } from "@tollgate/kit";
import type { OrderEnd, ServiceSubscriptionChange, WalletWarning } from "@tollgate/kit/protocol";
import { FALLBACK, type Times, timesIn, timeZoneOf } from "../mail/times.js";
import { membersHolding, personOf } from "../people/people.js";
import { type Notice, notify, notifyOfTimes } from "./notifications.js";
import { tellByWhatsApp } from "./whatsapp.js";

/** Payloads below are the catalogue's types for their events. */

interface Warned {
  severity: "WARNING" | "CRITICAL";
  title: string;
  /** After what is available. */
  advice: string;
}

const WARNINGS: Readonly<Record<WalletWarning["hours"], Warned>> = {
  72: { severity: "WARNING", title: "Your wallet lasts for less than 3 days", advice: "Top up in time." },
  24: { severity: "WARNING", title: "Your wallet lasts for less than a day", advice: "Top up soon." },
  6: { severity: "CRITICAL", title: "Your wallet lasts for less than 6 hours", advice: "Top up now." },
  0: {
    severity: "CRITICAL",
    title: "Your wallet is empty",
    advice: "Machines run on their reserve and stop when it is used up. Top up now to keep them running.",
  },
  "-1": {
    severity: "CRITICAL",
    title: "Machines are stopped for want of money",
    advice: "They start again as soon as there is money in the wallet.",
  },
  "-2": {
    severity: "CRITICAL",
    title: "The storage of your stopped machines is paid for less than a day",
    advice: "Their disks are kept, but what they cost is owed from then on. Top up, or delete what you no longer need.",
  },
};

/** The same for those who use on credit and pay by invoice, where a top-up is not what helps first. */
const CREDIT_WARNINGS: Partial<typeof WARNINGS> = {
  72: {
    severity: "WARNING",
    title: "Your credit lasts for less than 3 days",
    advice: "Pay open invoices, or ask for a higher limit, in time.",
  },
  24: {
    severity: "WARNING",
    title: "Your credit lasts for less than a day",
    advice: "Pay open invoices, or ask for a higher limit, soon.",
  },
  6: { severity: "CRITICAL", title: "Your credit lasts for less than 6 hours", advice: "Pay open invoices now." },
  0: {
    severity: "CRITICAL",
    title: "Your credit is used up",
    advice: "Machines run on their reserve and stop when it is used up. Pay open invoices now to keep them running.",
  },
  "-1": {
    severity: "CRITICAL",
    title: "Machines are stopped: your credit is used up",
    advice: "They start again as soon as invoices are paid or the limit is raised.",
  },
};

const warnedOf = ({ hours, isInvoiced = false }: WalletWarning): Warned =>
  (isInvoiced ? CREDIT_WARNINGS[hours] : undefined) ?? WARNINGS[hours];

/** People are told at the time of the event, not of the books, whose clock may be ahead. */
const walletWarned: EventHandler = async (tx, event) => {
  const warning = event.payload as WalletWarning;
  const { severity, title, advice } = warnedOf(warning);
  const { organisationId, runsOutAt } = warning;
  const until = warning.hours > 0 ? runsOutAt : null;
  const write = ({ moment }: Times): Notice => ({
    kind: "WALLET",
    severity,
    title,
    body: `Available: ${warning.available}.${until ? ` It runs out at ${moment(until)}.` : ""} ${advice}`,
    link: "/wallet",
    subjectOrganisationId: organisationId,
    at: event.occurredAt,
  });
  const timeZone = await timeZoneOf(tx, organisationId);
  const recipients = await membersHolding(tx, organisationId, ["wallet:read", "wallet:topUp"]);
  await notifyOfTimes(tx, recipients, { timeZone, write }, event.id);
  // To a phone, whose owner's locale is not known.
  await tellByWhatsApp(tx, organisationId, write(timesIn(FALLBACK, timeZone)), event.id);
};

const because = (reason: string | null): string => (reason === null ? "" : ` ${reason}`);

const orderEnded: EventHandler = async (tx, event) => {
  const order = event.payload as OrderEnd;
  const texts = {
    COMPLETED: { severity: "INFO", title: `${order.vmName} is running`, body: "The machine you ordered is ready." },
    FAILED: {
      severity: "WARNING",
      title: `${order.vmName} could not be made`,
      body: `Nothing was charged; the money held is in the wallet again.${because(order.reason)}`,
    },
    CANCELLED: {
      severity: "INFO",
      title: `The order of ${order.vmName} was cancelled`,
      body: `The money held is in the wallet again.${because(order.reason)}`,
    },
  } as const;
  const link = order.state === "COMPLETED" ? "/machines" : `/orders/${order.orderId}`;
  const about = {
    kind: "PROVISIONING",
    subjectOrganisationId: order.organisationId,
    at: event.occurredAt,
    link,
  } as const;
  await notify(tx, await personOf(tx, order.placedBy), { ...about, ...texts[order.state] }, event.id);
};

const serviceNotice = (
  told: ServiceSubscriptionChange,
  { moment }: Times,
): Pick<Notice, "severity" | "title" | "body"> => {
  const { change, service, amount } = told;
  const until = moment(told.until);
  if (change === "UNCOVERED") {
    const body = `It costs ${amount} on ${until}, and that is not in the wallet. Top up in time.`;
    return { severity: "WARNING", title: `The renewal of ${service} is not covered`, body };
  }
  if (change === "ENDING") {
    const body = `It was cancelled and ends on ${until}. Until then it can be resumed.`;
    return { severity: "INFO", title: `${service} ends soon`, body };
  }
  if (change === "PAST_DUE") {
    const body = `Its renewal costs ${amount}, which was not in the wallet. Top up before ${until}, or it ends.`;
    return { severity: "CRITICAL", title: `${service} could not be renewed`, body };
  }
  if (change === "UNPAID") {
    return { severity: "CRITICAL", title: `${service} has ended`, body: `It was paid until ${until} and not renewed.` };
  }
  return { severity: "INFO", title: `${service} has ended`, body: `It ended on ${until}, as was asked.` };
};

const serviceSubscriptionChanged: EventHandler = async (tx, event) => {
  const told = event.payload as ServiceSubscriptionChange;
  const { organisationId: subjectOrganisationId } = told;
  const about = {
    kind: "WALLET",
    link: "/catalogue/subscriptions",
    subjectOrganisationId,
    at: event.occurredAt,
  } as const;
  const recipients = await membersHolding(tx, told.organisationId, ["serviceSubscription:manage"]);
  const timeZone = await timeZoneOf(tx, subjectOrganisationId);
  const write = (times: Times): Notice => ({ ...about, ...serviceNotice(told, times) });
  await notifyOfTimes(tx, recipients, { timeZone, write }, event.id);
};

/** What people are told of money and orders, by the event it comes from. */
export const moneyHandlers: Readonly<Record<string, EventHandler>> = {
  "wallet.warned": walletWarned,
  "order.ended": orderEnded,
  "serviceSubscription.changed": serviceSubscriptionChanged,
};

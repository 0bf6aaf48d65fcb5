import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats, useMay, usePerson } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import { ABSENT } from "../format/formats.js";
import type { PaymentInListFragment, TopUpState } from "../gql/graphql.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import { AskProvider } from "./AskProvider.js";
import { PaymentState } from "./PaymentState.js";
import classes from "./Payments.module.css";
import { ReceiptButton } from "./ReceiptButton.js";
import { RefundForm } from "./RefundForm.js";

/** Of these a provider may still tell a success. */
const MAY_COME: readonly TopUpState[] = ["INITIALISED", "PENDING", "FAILED", "EXPIRED", "CANCELLED"];
const CREDITED: readonly TopUpState[] = ["SUCCEEDED", "REFUNDED", "CHARGED_BACK"];

/** One payment with what became of it, and what one may do about it. */
export function PaymentEntry({ payment }: { payment: PaymentInListFragment }) {
  const formats = useFormats();
  const { state, amount, bonus, refunded, provider, reference, wallet, failureReason, decisionReason } = payment;
  const theirs = [payment.bankReference, payment.providerReference].find((other) => other && other !== reference);
  const reason = decisionReason ?? failureReason;
  return (
    <li className={classes.entry}>
      <div className={classes.what}>
        <p className={classes.name}>{wallet.organisation?.name ?? ABSENT}</p>
        <p className="small dimmed">
          {PROVIDERS[provider].name} · <span className="mono">{reference}</span>
          {theirs && (
            <>
              {" · "}
              <span className="mono">{theirs}</span>
            </>
          )}
        </p>
        {reason && <p className="small dimmed">{reason}</p>}
      </div>
      <div>
        <PaymentState state={state} />
        <p className="small dimmed">
          <time dateTime={payment.settledAt ?? payment.createdAt}>
            {formats.dateTime(payment.settledAt ?? payment.createdAt)}
          </time>
        </p>
      </div>
      <div className={classes.money}>
        <p className="numeric">{amount.formatted}</p>
        {bonus && <p className="small dimmed numeric">and {bonus.formatted} of a coupon</p>}
        {refunded.minorUnits !== "0" && <p className="small dimmed numeric">{refunded.formatted} went back</p>}
      </div>
      <Actions payment={payment} />
    </li>
  );
}

function Actions({ payment }: { payment: PaymentInListFragment }) {
  const own = usePerson()?.organisation?.id === payment.wallet.organisation?.id;
  const [mayRefund, mayApprove, maySeeEvents] = [
    useMay("topUp:refund"),
    useMay("topUp:approve"),
    useMay("providerEvent:read"),
  ];
  const [refunding, setRefunding] = useState(false);
  const { id, state, provider, reference, amount } = payment;
  const close = () => setRefunding(false);
  return (
    <div className={classes.buttons}>
      {CREDITED.includes(state) && <ReceiptButton topUpId={id} reference={reference} />}
      {mayApprove && provider !== "MANUAL" && MAY_COME.includes(state) && <AskProvider payment={payment} />}
      {mayRefund && !own && state === "SUCCEEDED" && (
        <Button size="xs" variant="default" onClick={() => setRefunding(true)} aria-label={`Refund ${reference}`}>
          Refund
        </Button>
      )}
      {maySeeEvents && provider !== "MANUAL" && (
        <Link to="/payments/events" search={{ topUp: id }} aria-label={`Webhooks about ${reference}`}>
          Webhooks
        </Link>
      )}
      <Dialog title={`Refund ${amount.formatted}, ${reference}?`} open={refunding} onClose={close}>
        <RefundForm payment={payment} onDone={close} />
      </Dialog>
    </div>
  );
}

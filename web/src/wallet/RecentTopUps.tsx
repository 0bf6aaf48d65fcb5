import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { Panel } from "../components/Panel.js";
import { RecentTopUpsDocument, type TopUpNowFragment } from "../gql/graphql.js";
import { PaymentState } from "../payments/PaymentState.js";
import { ReceiptButton } from "../payments/ReceiptButton.js";
import classes from "./Wallet.module.css";
import { isPayable } from "./wallet-words.js";

interface RecentTopUpsProps {
  walletId: string;
  /** Takes one up that waits for its payment; left out for who may not pay. */
  onResume?: ((topUpId: string) => void) | undefined;
}

/** The last top-ups with what became of them, and what there is to do about each. */
export function RecentTopUps({ walletId, onResume }: RecentTopUpsProps) {
  const { data } = useQuery(RecentTopUpsDocument, { variables: { walletId } });
  const topUps = data?.topUps?.nodes;
  if (!topUps) return null;
  return (
    <Panel title="Recent top-ups" aside={<Link to="/payments">All payments</Link>}>
      {topUps.length === 0 ? (
        <p className="dimmed">None yet.</p>
      ) : (
        <ul className={classes.transactions}>
          {topUps.map((topUp) => (
            <RecentTopUp key={topUp.id} topUp={topUp} onResume={onResume} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RecentTopUp({ topUp, onResume }: { topUp: TopUpNowFragment; onResume: RecentTopUpsProps["onResume"] }) {
  const formats = useFormats();
  const { id, amount, bonus, refunded, state, createdAt, decisionReason, failureReason, reference } = topUp;
  const reason = decisionReason ?? failureReason;
  const isCredited = state === "SUCCEEDED" || state === "REFUNDED" || state === "CHARGED_BACK";
  return (
    <li>
      <div>
        <PaymentState state={state} />
        <p className="small dimmed">
          {formats.dateTime(createdAt)}
          {reason && ` · ${reason}`}
        </p>
        {isCredited && <ReceiptButton topUpId={id} reference={reference} />}
        {isPayable(state) && onResume && (
          <Button size="xs" variant="default" onClick={() => onResume(id)} aria-label={`Go on with ${reference}`}>
            Go on
          </Button>
        )}
      </div>
      <div>
        <p className="numeric">{amount.formatted}</p>
        {bonus && <p className="small dimmed numeric">and {bonus.formatted}</p>}
        {refunded.minorUnits !== "0" && <p className="small dimmed numeric">{refunded.formatted} went back</p>}
      </div>
    </li>
  );
}

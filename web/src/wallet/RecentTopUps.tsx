import { useQuery } from "@apollo/client/react";
import { useFormats } from "../app/services-context.js";
import { Panel } from "../components/Panel.js";
import { RecentTopUpsDocument } from "../gql/graphql.js";
import classes from "./Wallet.module.css";
import { TOP_UP_STATES } from "./wallet-words.js";

/** The last top-ups with what became of them. */
export function RecentTopUps({ walletId }: { walletId: string }) {
  const formats = useFormats();
  const { data } = useQuery(RecentTopUpsDocument, { variables: { walletId } });
  const topUps = data?.topUps?.nodes ?? [];
  if (topUps.length === 0) return null;
  return (
    <Panel title="Recent top-ups">
      <ul className={classes.transactions}>
        {topUps.map(({ id, amount, state, createdAt, decisionReason }) => (
          <li key={id}>
            <div>
              <p>{TOP_UP_STATES[state]}</p>
              <p className="small dimmed">
                {formats.dateTime(createdAt)}
                {decisionReason && ` · ${decisionReason}`}
              </p>
            </div>
            <p className="numeric">{amount.formatted}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

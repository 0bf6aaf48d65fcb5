import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleOff, IconLoader } from "@tabler/icons-react";
import { useFormats, useMay } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import entries from "../components/Entries.module.css";
import type { ServiceSubscriptionState, SubscriptionFieldsFragment } from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { priceWords, STATE_WORDS } from "./catalogue-words.js";

const STATES: Record<ServiceSubscriptionState, { icon: typeof IconLoader; tone: string | undefined }> = {
  PENDING: { icon: IconLoader, tone: classes.quiet },
  ACTIVE: { icon: IconCircleCheck, tone: classes.good },
  PAST_DUE: { icon: IconAlertTriangle, tone: classes.warn },
  CANCELLED: { icon: IconCircleOff, tone: classes.quiet },
};

interface SubscriptionEntryProps {
  subscription: SubscriptionFieldsFragment;
  onAsk(what: "change" | "cancel" | "resume"): void;
}

/** One service subscription, with what can still be done about it. */
export function SubscriptionEntry({ subscription, onAsk }: SubscriptionEntryProps) {
  const mayManage = useMay("serviceSubscription:manage");
  const { item, quantity, price, state, cancelAtPeriodEnd } = subscription;
  const { icon: Icon, tone } = STATES[state];
  const name = quantity === 1 ? item.name : `${quantity} × ${item.name}`;
  const isLive = state === "ACTIVE" || state === "PAST_DUE";
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h2 className={entries.name}>{name}</h2>
        <p className={classes.head}>
          <span className={`${classes.state} ${tone}`}>
            <Icon size={14} stroke={2} aria-hidden />
            {STATE_WORDS[state]}
          </span>
          <span className={classes.price}>{priceWords(price.formatted, item.interval)}, before tax</span>
          <Owner organisation={subscription.organisation} />
        </p>
        <p className="small dimmed">
          <When subscription={subscription} />
        </p>
      </div>
      {mayManage && isLive && (
        <div className={entries.buttons}>
          {cancelAtPeriodEnd ? (
            <Button size="xs" variant="default" onClick={() => onAsk("resume")} aria-label={`Go on with ${name}`}>
              Go on
            </Button>
          ) : (
            <>
              {state === "ACTIVE" && (
                <Button size="xs" variant="default" onClick={() => onAsk("change")} aria-label={`Change ${name}`}>
                  Change
                </Button>
              )}
              <Button size="xs" variant="default" onClick={() => onAsk("cancel")} aria-label={`Cancel ${name}`}>
                Cancel
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  );
}

/** Whose it is, where that is another organisation of the estate. */
function Owner({ organisation }: Pick<SubscriptionFieldsFragment, "organisation">) {
  const own = useHomeId();
  if (!organisation || organisation.id === own) return null;
  return <span className="dimmed">{organisation.name}</span>;
}

function When({ subscription }: { subscription: SubscriptionFieldsFragment }) {
  const formats = useFormats();
  const { state, cancelAtPeriodEnd, currentPeriodEnd, endedAt } = subscription;
  if (state === "CANCELLED") return `Ended on ${formats.dateTime(endedAt)}`;
  if (state === "PAST_DUE") return `Paid until ${formats.dateTime(currentPeriodEnd)}; top up the wallet to go on`;
  if (cancelAtPeriodEnd) return `Cancelled: ends on ${formats.dateTime(currentPeriodEnd)}`;
  return `Renews on ${formats.dateTime(currentPeriodEnd)}`;
}

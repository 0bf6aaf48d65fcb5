import { IconCalendarClock, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { OfferState } from "../gql/graphql.js";
import classes from "./Prices.module.css";

const LOOKS: Record<OfferState, { icon: typeof IconCircleX; tone: string | undefined; word: string }> = {
  SCHEDULED: { icon: IconCalendarClock, tone: classes.open, word: "Scheduled" },
  ACTIVE: { icon: IconCircleCheck, tone: classes.good, word: "Active" },
  ENDED: { icon: IconCircleX, tone: classes.quiet, word: "Ended" },
};

/** Where a promotion or coupon stands, as icon, colour and word. */
export function OfferStateLabel({ state }: { state: OfferState }) {
  const { icon: Icon, tone, word } = LOOKS[state];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}

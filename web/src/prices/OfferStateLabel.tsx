import { IconCalendarClock, IconCircleCheck, IconCircleDashedCheck, IconCircleX } from "@tabler/icons-react";
import type { OfferState } from "../gql/graphql.js";
import classes from "./Prices.module.css";

/** Of a coupon that is USED_UP nothing is left, though its time is not over. */
export type OfferStanding = OfferState | "USED_UP";

const LOOKS: Record<OfferStanding, { icon: typeof IconCircleX; tone: string | undefined; word: string }> = {
  SCHEDULED: { icon: IconCalendarClock, tone: classes.open, word: "Scheduled" },
  ACTIVE: { icon: IconCircleCheck, tone: classes.good, word: "Active" },
  USED_UP: { icon: IconCircleDashedCheck, tone: classes.quiet, word: "Used up" },
  ENDED: { icon: IconCircleX, tone: classes.quiet, word: "Ended" },
};

/** Where a promotion or coupon stands, as icon, colour and word. */
export function OfferStateLabel({ state }: { state: OfferStanding }) {
  const { icon: Icon, tone, word } = LOOKS[state];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}

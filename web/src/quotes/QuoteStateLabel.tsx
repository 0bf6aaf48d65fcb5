import { IconCircleCheck, IconCircleX, IconClock, IconHourglassEmpty, IconPencil } from "@tabler/icons-react";
import type { QuoteState } from "../gql/graphql.js";
import classes from "./Quotes.module.css";
import { STATE_WORDS } from "./quote-words.js";

const LOOKS: Record<QuoteState, { icon: typeof IconClock; tone: string | undefined }> = {
  DRAFT: { icon: IconPencil, tone: classes.quiet },
  ISSUED: { icon: IconClock, tone: classes.open },
  ACCEPTED: { icon: IconCircleCheck, tone: classes.good },
  REJECTED: { icon: IconCircleX, tone: classes.bad },
  EXPIRED: { icon: IconHourglassEmpty, tone: classes.quiet },
};

/** A quote's state as icon, colour and word. */
export function QuoteStateLabel({ state }: { state: QuoteState }) {
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {STATE_WORDS[state]}
    </span>
  );
}

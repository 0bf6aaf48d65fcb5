import { IconArchive, IconCalendarClock, IconCircleCheck, IconPencil } from "@tabler/icons-react";
import { useBooksNow } from "../components/use-now.js";
import type { PriceListEntryFragment } from "../gql/graphql.js";
import classes from "./Prices.module.css";

const LOOKS = {
  DRAFT: { icon: IconPencil, tone: classes.quiet, word: "Draft" },
  LATER: { icon: IconCalendarClock, tone: classes.open, word: "Published for later" },
  PUBLISHED: { icon: IconCircleCheck, tone: classes.good, word: "Counts now" },
  SUPERSEDED: { icon: IconArchive, tone: classes.quiet, word: "Superseded" },
};

const MINUTE = 60_000;

/** Where a list stands, as icon, colour and word. */
export function ListStateLabel({ list }: { list: Pick<PriceListEntryFragment, "state" | "effectiveFrom"> }) {
  const now = useBooksNow(MINUTE, list.effectiveFrom);
  const isLater = list.state === "PUBLISHED" && list.effectiveFrom && Date.parse(list.effectiveFrom) > now;
  const { icon: Icon, tone, word } = LOOKS[isLater ? "LATER" : list.state];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}

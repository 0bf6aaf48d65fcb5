import { IconAlertCircle, IconCircleCheck, IconCircleX, IconClock, IconPencil } from "@tabler/icons-react";
import type { InvoiceState } from "../gql/graphql.js";
import classes from "./Invoices.module.css";
import { STATE_WORDS } from "./invoices-search.js";

const LOOKS: Record<InvoiceState, { icon: typeof IconClock; tone: string | undefined }> = {
  DRAFT: { icon: IconPencil, tone: classes.quiet },
  ISSUED: { icon: IconClock, tone: classes.open },
  PAID: { icon: IconCircleCheck, tone: classes.good },
  OVERDUE: { icon: IconAlertCircle, tone: classes.bad },
  VOID: { icon: IconCircleX, tone: classes.quiet },
};

/** An invoice's state as icon, colour and word. */
export function InvoiceStateLabel({ state }: { state: InvoiceState }) {
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {STATE_WORDS[state]}
    </span>
  );
}

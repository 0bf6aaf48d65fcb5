import {
  IconAlertOctagon,
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleDashed,
  IconClock,
  type IconLoader,
} from "@tabler/icons-react";
import tones from "../components/StateLabel.module.css";
import type { TopUpState } from "../gql/graphql.js";
import { TOP_UP_STATES } from "../wallet/wallet-words.js";

const LOOKS: Record<TopUpState, { icon: typeof IconLoader; tone: string | undefined }> = {
  INITIALISED: { icon: IconClock, tone: tones.quiet },
  PENDING: { icon: IconClock, tone: tones.quiet },
  AWAITING_APPROVAL: { icon: IconClock, tone: tones.warn },
  SUCCEEDED: { icon: IconCircleCheck, tone: tones.good },
  FAILED: { icon: IconAlertOctagon, tone: tones.bad },
  CANCELLED: { icon: IconCircleDashed, tone: tones.quiet },
  EXPIRED: { icon: IconCircleDashed, tone: tones.quiet },
  REJECTED: { icon: IconAlertOctagon, tone: tones.bad },
  REFUNDED: { icon: IconArrowBackUp, tone: tones.quiet },
  CHARGED_BACK: { icon: IconArrowBackUp, tone: tones.bad },
};

/** What became of a payment, as icon, colour and word. */
export function PaymentState({ state }: { state: TopUpState }) {
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={`${tones.label} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {TOP_UP_STATES[state]}
    </span>
  );
}

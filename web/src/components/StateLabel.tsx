import {
  IconAlertOctagon,
  IconCircleDashed,
  IconLoader,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from "@tabler/icons-react";
import type { VmState } from "../gql/graphql.js";
import classes from "./StateLabel.module.css";

const STATES: Record<VmState, { word: string; icon: typeof IconLoader; tone: string | undefined }> = {
  RUNNING: { word: "Running", icon: IconPlayerPlay, tone: classes.good },
  STOPPED: { word: "Stopped", icon: IconPlayerStop, tone: classes.quiet },
  SUSPENDED: { word: "Suspended", icon: IconPlayerPause, tone: classes.warn },
  PROVISIONING: { word: "Provisioning", icon: IconLoader, tone: classes.quiet },
  FAILED: { word: "Failed", icon: IconAlertOctagon, tone: classes.bad },
  DELETED: { word: "Deleted", icon: IconCircleDashed, tone: classes.quiet },
};

/** All states of a machine, in the order in which one looks for them. */
export const VM_STATES: readonly VmState[] = ["RUNNING", "STOPPED", "SUSPENDED", "PROVISIONING", "FAILED", "DELETED"];

export function stateWord(state: VmState): string {
  return STATES[state].word;
}

/** A machine's state as icon, colour and word. */
export function StateLabel({ state }: { state: VmState }) {
  const { word, icon: Icon, tone } = STATES[state];
  return (
    <span className={`${classes.label} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}

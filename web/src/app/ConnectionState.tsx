import { IconBolt, IconBoltOff, IconPlugConnected } from "@tabler/icons-react";
import type { LiveState } from "../live/connection.js";
import classes from "./Shell.module.css";
import { useServices, useStore } from "./services-context.js";

const WORDS: Record<LiveState, { word: string; icon: typeof IconBolt; tone: string | undefined }> = {
  resting: { word: "Connecting", icon: IconPlugConnected, tone: classes.quiet },
  connecting: { word: "Connecting", icon: IconPlugConnected, tone: classes.quiet },
  live: { word: "Live", icon: IconBolt, tone: classes.good },
  reconnecting: { word: "Reconnecting", icon: IconBoltOff, tone: classes.warn },
};

/** Whether what one sees moves with the machines, or waits for the connection. */
export function ConnectionState() {
  const { word, icon: Icon, tone } = WORDS[useStore(useServices().live.state)];
  return (
    <span role="status" aria-label={`Connection: ${word}`} className={`${classes.connection} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      <span className={classes.deskOnly}>{word}</span>
    </span>
  );
}

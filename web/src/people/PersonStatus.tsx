import { IconCircleCheck, IconCircleOff, IconLock, IconMailQuestion, IconUserX } from "@tabler/icons-react";
import type { UserStatus } from "../gql/graphql.js";
import classes from "./People.module.css";

const STATUSES: Record<UserStatus, { word: string; icon: typeof IconLock; tone: string | undefined }> = {
  ACTIVE: { word: "Active", icon: IconCircleCheck, tone: classes.good },
  UNVERIFIED: { word: "Not confirmed", icon: IconMailQuestion, tone: classes.warn },
  LOCKED: { word: "Locked", icon: IconLock, tone: classes.warn },
  DEACTIVATED: { word: "Deactivated", icon: IconCircleOff, tone: classes.quiet },
  ERASED: { word: "Erased", icon: IconUserX, tone: classes.quiet },
};

export function statusWord(status: UserStatus): string {
  return STATUSES[status].word;
}

/** A person's status as icon, colour and word. */
export function PersonStatus({ status }: { status: UserStatus }) {
  const { word, icon: Icon, tone } = STATUSES[status];
  return (
    <span className={`${classes.status} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}

import { IconCircleCheck, IconCircleX, IconPlayerPause } from "@tabler/icons-react";
import type { OrganisationStatus } from "../gql/graphql.js";
import classes from "./Organisation.module.css";
import { STATUS_WORDS } from "./organisation-words.js";

const LOOKS: Record<OrganisationStatus, { icon: typeof IconCircleX; tone: string | undefined }> = {
  ACTIVE: { icon: IconCircleCheck, tone: classes.good },
  SUSPENDED: { icon: IconPlayerPause, tone: classes.warn },
  CLOSED: { icon: IconCircleX, tone: classes.quiet },
};

/** An organisation's status as icon, colour and word. */
export function OrganisationStatusLabel({ status }: { status: OrganisationStatus }) {
  const { icon: Icon, tone } = LOOKS[status];
  return (
    <span className={`${classes.state} ${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {STATUS_WORDS[status]}
    </span>
  );
}

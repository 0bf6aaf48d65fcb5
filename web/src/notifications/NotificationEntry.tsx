import { Button } from "@mantine/core";
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { useNow } from "../components/use-now.js";
import type { NotificationItemFragment, Severity } from "../gql/graphql.js";
import classes from "./Notifications.module.css";

const SEVERITIES: Record<Severity, { word: string; icon: typeof IconInfoCircle; tone: string | undefined }> = {
  INFO: { word: "Information", icon: IconInfoCircle, tone: classes.info },
  WARNING: { word: "Warning", icon: IconAlertTriangle, tone: classes.warning },
  CRITICAL: { word: "Critical", icon: IconAlertOctagon, tone: classes.critical },
};
const MINUTE_MS = 60_000;

interface NotificationEntryProps {
  notification: NotificationItemFragment;
  onRead?: (id: string) => void;
}

/** One notification; bold and marked while unread. */
export function NotificationEntry({ notification, onRead }: NotificationEntryProps) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const { id, severity, title, body, link, at, readAt } = notification;
  const { word, icon: Icon, tone } = SEVERITIES[severity];
  return (
    <li className={`${classes.entry} ${readAt ? "" : classes.unread}`}>
      <Icon size={16} stroke={1.8} aria-hidden className={tone} />
      <div className={classes.text}>
        <p className={classes.title}>
          <span className="visually-hidden">
            {word}
            {readAt ? ": " : ", unread: "}
          </span>
          {title}
        </p>
        <p className={classes.body}>{body}</p>
        <p className={classes.foot}>
          <time dateTime={at} title={formats.dateTime(at)}>
            {formats.ago(at, now)}
          </time>
          {isOurs(link) && (
            <Link to={link} aria-label={`Open: ${title}`}>
              Open
            </Link>
          )}
          {onRead && !readAt && (
            <Button variant="subtle" size="compact-xs" onClick={() => onRead(id)} aria-label={`Mark as read: ${title}`}>
              Mark as read
            </Button>
          )}
        </p>
      </div>
    </li>
  );
}

/** Only links into the app are followed. */
function isOurs(link: string | null): link is string {
  return link?.startsWith("/") === true && !link.startsWith("//");
}

import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { troubleOf } from "../api/problems.js";
import classes from "./TroubleNotice.module.css";

interface TroubleNoticeProps {
  error: unknown;
  /** What could not be shown, such as "the machines". */
  of?: string;
  onRetry?: () => void;
}

/** What happened, in words, and a way on. */
export function TroubleNotice({ error, of, onRetry }: TroubleNoticeProps) {
  const trouble = troubleOf(error);
  const final = trouble.code === "FORBIDDEN" || trouble.code === "NOT_FOUND";
  return (
    <div className={classes.notice} role="alert">
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden className={classes.icon} />
      <div>
        <p className={classes.what}>{of ? `${of}: ${trouble.what}` : trouble.what}</p>
        <p>{trouble.advice}</p>
        {trouble.requestId && <p className="small dimmed">Request {trouble.requestId}</p>}
      </div>
      {onRetry && !final && (
        <Button variant="default" size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

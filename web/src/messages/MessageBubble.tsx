import { useFormats } from "../app/services-context.js";
import type { MessageItemFragment, MessageState } from "../gql/graphql.js";
import classes from "./Messages.module.css";

const STATES: Record<MessageState, string> = {
  RECEIVED: "Received",
  QUEUED: "Waiting to be sent",
  SENT: "Sent",
  DELIVERED: "Delivered",
  READ: "Read",
  FAILED: "Not sent",
};

interface MessageBubbleProps {
  message: MessageItemFragment;
  /** From the other side: on the contact's phone what the organisation sent has come in. */
  mirrored?: boolean;
}

/** One message, with who wrote it and what became of it. */
export function MessageBubble({ message, mirrored = false }: MessageBubbleProps) {
  const formats = useFormats();
  const { direction, text, state, failureReason, createdAt, author } = message;
  const own = (direction === "OUTBOUND") !== mirrored;
  return (
    <li className={own ? classes.own : classes.theirs}>
      <p className={classes.text}>{text}</p>
      <p className={classes.foot}>
        <time dateTime={createdAt}>{formats.dateTime(createdAt)}</time>
        {author && !mirrored && ` · ${author.displayName}`}
        {direction === "OUTBOUND" && !mirrored && ` · ${STATES[state]}`}
        {state === "FAILED" && failureReason && `: ${failureReason}`}
      </p>
    </li>
  );
}

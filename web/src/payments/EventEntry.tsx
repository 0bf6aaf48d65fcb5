import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconClock,
  IconCopy,
  type IconLoader,
  IconShieldX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import tones from "../components/StateLabel.module.css";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type ProviderEventState, type ProviderEventsQuery, ReplayProviderEventsDocument } from "../gql/graphql.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import { EVENT_WORDS } from "./event-words.js";
import classes from "./Payments.module.css";

type Received = NonNullable<ProviderEventsQuery["providerEvents"]>["nodes"][number];

const LOOKS: Record<ProviderEventState, { icon: typeof IconLoader; tone: string | undefined }> = {
  RECEIVED: { icon: IconClock, tone: tones.quiet },
  APPLIED: { icon: IconCircleCheck, tone: tones.good },
  DUPLICATE: { icon: IconCopy, tone: tones.quiet },
  REFUSED: { icon: IconShieldX, tone: tones.bad },
  FAILED: { icon: IconAlertOctagon, tone: tones.warn },
};

/** One webhook as it was received, with what came of it. */
export function EventEntry({ event, onReplayed }: { event: Received; onReplayed(): void }) {
  const formats = useFormats();
  const mayReplay = useMay("operations:replay");
  const { icon: Icon, tone } = LOOKS[event.state];
  const organisation = event.topUp?.wallet.organisation;
  return (
    <li className={classes.entry}>
      <div className={classes.what}>
        <p className={classes.name}>
          {PROVIDERS[event.provider].name} · <span className="mono">{event.kind}</span>
        </p>
        <p className={`small dimmed mono ${classes.id}`}>{event.providerEventId}</p>
        {event.problem && <p className={`small ${tones.bad}`}>{event.problem}</p>}
      </div>
      <div>
        <span className={`${tones.label} ${tone}`}>
          <Icon size={14} stroke={2} aria-hidden />
          {EVENT_WORDS[event.state]}
        </span>
        <p className="small dimmed">
          <time dateTime={event.receivedAt}>{formats.dateTime(event.receivedAt)}</time>
        </p>
      </div>
      <div>
        {event.topUp && (
          <>
            <Link to="/payments/events" search={{ topUp: event.topUp.id }} className="mono">
              {event.topUp.reference}
            </Link>
            {organisation && (
              <p className="small dimmed">
                <Link to="/payments" search={{ organisation: organisation.id }}>
                  {organisation.name}
                </Link>
              </p>
            )}
          </>
        )}
      </div>
      <div className={classes.buttons}>
        {mayReplay && (event.state === "FAILED" || event.state === "RECEIVED") && (
          <Replay id={event.id} kind={event.kind} onDone={onReplayed} />
        )}
      </div>
    </li>
  );
}

/** Applies a webhook once more that could not be. */
function Replay({ id, kind, onDone }: { id: string; kind: string; onDone(): void }) {
  const [replay] = useMutation(ReplayProviderEventsDocument);
  const action = useAction();
  const intent = useIntent();
  const again = async () => {
    const input = { providerEventIds: [id] };
    const answer = await replay({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.replayProviderEvents;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "ProviderEventsReplayed") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={action.busy}
        onClick={() => action.run(again)}
        aria-label={`Apply ${kind} again`}
      >
        Apply again
      </Button>
      <ProblemText>{action.problem}</ProblemText>
    </>
  );
}

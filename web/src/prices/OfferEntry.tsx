import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { useAction } from "../components/use-action.js";
import type { Formats } from "../format/formats.js";
import { type OfferStanding, OfferStateLabel } from "./OfferStateLabel.js";
import classes from "./Prices.module.css";

interface OfferEntryProps {
  name: string;
  detail: ReactNode;
  offer: { state: OfferStanding; startsAt: string; endsAt?: string | null | undefined };
  /** What ending it will mean, in words. */
  consequence: string;
  /** Null for whoever may not. */
  end: (() => Promise<string | null>) | null;
}

/** A promotion or coupon with its time; it is ended after a question. */
export function OfferEntry({ name, detail, offer, consequence, end }: OfferEntryProps) {
  const formats = useFormats();
  const [asking, setAsking] = useState(false);
  const action = useAction();
  const close = () => {
    setAsking(false);
    action.forget();
  };
  return (
    <li className={classes.entry}>
      <div>
        <p>{name}</p>
        <p className="small dimmed">{detail}</p>
      </div>
      <div>
        <OfferStateLabel state={offer.state} />
        <p className="small dimmed">{periodWords(offer, formats)}</p>
      </div>
      <div className={classes.end}>
        {end && offer.state !== "ENDED" && (
          <Button variant="default" size="xs" aria-label={`End ${name}`} onClick={() => setAsking(true)}>
            End
          </Button>
        )}
      </div>
      <Dialog title={`End ${name}`} open={asking} onClose={close}>
        <p>{consequence}</p>
        <ProblemText>{action.problem}</ProblemText>
        <DialogButtons>
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button
            color="red.9"
            loading={action.busy}
            onClick={() =>
              end &&
              action.run(async () => {
                const problem = await end();
                if (problem === null) close();
                return problem;
              })
            }
          >
            End it
          </Button>
        </DialogButtons>
      </Dialog>
    </li>
  );
}

/** What was ended before it began has no time at all. */
const periodWords = ({ startsAt, endsAt }: OfferEntryProps["offer"], formats: Formats): string => {
  if (endsAt && Date.parse(endsAt) <= Date.parse(startsAt)) return "Never began";
  return `From ${formats.dateTime(startsAt)}${endsAt ? ` until ${formats.dateTime(endsAt)}` : ""}`;
};

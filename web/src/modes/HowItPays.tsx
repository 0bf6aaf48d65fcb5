import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay, usePerson } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { HowItPaysDocument, type ModeChangeFragment, type OrganisationStatus } from "../gql/graphql.js";
import { ChangeMode } from "./ChangeMode.js";
import classes from "./Modes.module.css";
import { type Standing, standingAt } from "./mode-changes.js";
import { payingTitle, payingWords } from "./mode-words.js";
import { TakeBackMode } from "./TakeBackMode.js";

interface HowItPaysProps {
  organisation: { id: string; name: string; status: OrganisationStatus };
}

type Asked = { what: "change" } | { what: "replace" | "take back"; planned: ModeChangeFragment };

const TITLES: Record<Asked["what"], string> = {
  change: "How it pays",
  replace: "Replace what is planned",
  "take back": "Take back what is planned",
};

/** How an organisation pays, since when and what is planned; for whoever is above it also the way to change it. */
export function HowItPays({ organisation }: HowItPaysProps) {
  const { id, name, status } = organisation;
  const may = useMay("wallet:read");
  const isBelow = usePerson()?.organisation?.id !== id;
  const mayChange = useMay("billing:manage") && isBelow && status !== "CLOSED";
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error, refetch } = useQuery(HowItPaysDocument, { variables: { organisationId: id }, skip: !may });
  const changes = data?.organisation?.billingModeChanges;
  if (!may) return null;
  const standing = changes && data.billingTime ? standingAt(changes, data.billingTime) : null;
  const close = () => setAsked(null);
  const done = () => {
    close();
    refetch().catch(() => undefined); // told by the query's own error
  };
  const props = { organisation, onDone: done, onCancel: close };
  return (
    <Panel
      title="How it pays"
      aside={
        standing &&
        mayChange && (
          <Button variant="default" size="xs" onClick={() => setAsked({ what: "change" })}>
            Change how it pays
          </Button>
        )
      }
    >
      {standing && (
        <>
          <Present standing={standing} />
          <Planned planned={standing.planned} onAsk={mayChange ? setAsked : undefined} />
          <Dialog title={asked ? `${TITLES[asked.what]}: ${name}` : ""} open={asked !== null} onClose={close}>
            {asked?.what === "take back" ? (
              <TakeBackMode {...props} standing={standing} planned={asked.planned} />
            ) : (
              asked && (
                <ChangeMode
                  {...props}
                  standing={standing}
                  wallets={data?.organisation?.wallets ?? []}
                  {...(asked.what === "replace" && { replaces: asked.planned })}
                />
              )
            )}
          </Dialog>
        </>
      )}
      {!standing && !error && <Bones lines={2} height={20} label="how it pays" />}
      {!standing && error && <TroubleNotice error={error} of="How it pays" onRetry={() => refetch()} />}
    </Panel>
  );
}

function Present({ standing: { now, since } }: { standing: Standing }) {
  const formats = useFormats();
  return (
    <p>
      {payingTitle(now)}
      {since ? (
        <span className="dimmed">, since {formats.dateTime(since)}</span>
      ) : (
        <span className="dimmed">, from the beginning</span>
      )}
    </p>
  );
}

interface PlannedProps {
  planned: readonly ModeChangeFragment[];
  /** Left out for who may not. */
  onAsk: ((asked: Asked) => void) | undefined;
}

function Planned({ planned, onAsk }: PlannedProps) {
  const formats = useFormats();
  if (planned.length === 0) return null;
  return (
    <ul aria-label="Planned" className={classes.planned}>
      {planned.map((change) => {
        const when = formats.dateTime(change.effectiveFrom);
        return (
          <li key={change.effectiveFrom}>
            <p>
              From {when}: {payingWords({ mode: change.mode, creditLimit: change.creditLimit ?? null })}
            </p>
            {onAsk && (
              <div className={classes.actions}>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Replace what is planned from ${when}`}
                  onClick={() => onAsk({ what: "replace", planned: change })}
                >
                  Replace
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Take back what is planned from ${when}`}
                  onClick={() => onAsk({ what: "take back", planned: change })}
                >
                  Take back
                </Button>
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

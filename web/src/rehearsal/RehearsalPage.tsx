import "@mantine/core/styles/Input.css";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { STATUSES } from "../messages/session-words.js";
import { type PairingNow, useSessionLive } from "../messages/use-session-live.js";
import { PhoneScreen } from "./PhoneScreen.js";
import classes from "./Rehearsal.module.css";
import { ScanStep } from "./ScanStep.js";
import { WriteAsContact } from "./WriteAsContact.js";

const ABOVE = { label: "Messages", to: "/messages" } as const;

/** A phone that exists on this page only: it scans, it writes as a contact, and shows what Tollgate sent. */
export function RehearsalPage() {
  const { sessionId } = useParams({ from: "/shell/rehearsal/$sessionId" });
  const may = useMay("whatsapp:manage");
  const [now, setNow] = useState<PairingNow | null>(null);
  useSessionLive(sessionId, setNow);
  if (!may) {
    return (
      <>
        <PageHeader title="Rehearsal phone" above={ABOVE} />
        <EmptyState title="You may not rehearse">
          Ask whoever runs your organisation for the permission to manage WhatsApp.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Rehearsal phone"
        above={ABOVE}
        aside={
          now && (
            <span role="status" className="dimmed">
              {now.session.name}: {STATUSES[now.session.status]}
            </span>
          )
        }
      />
      {!now && <Bones lines={4} height={32} label="the phone" />}
      {now && (
        <div className={classes.columns}>
          <div>
            {now.__typename === "WhatsAppConnected" ? (
              <WriteAsContact sessionId={sessionId} />
            ) : (
              <Panel title="Pair this phone">
                <ScanStep sessionId={sessionId} state={now} />
              </Panel>
            )}
          </div>
          <PhoneScreen sessionId={sessionId} />
        </div>
      )}
    </>
  );
}

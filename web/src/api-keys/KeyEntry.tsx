import { Button } from "@mantine/core";
import { IconCircleCheck, IconCircleOff, IconClockOff, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import { Dialog } from "../components/Dialog.js";
import entries from "../components/Entries.module.css";
import { useNow } from "../components/use-now.js";
import { ABSENT } from "../format/formats.js";
import type { ApiKeyState, KeyFieldsFragment } from "../gql/graphql.js";
import classes from "./ApiKeys.module.css";
import { STATE_WORDS } from "./key-words.js";
import { RevokeKey } from "./RevokeKey.js";
import { RotateKey } from "./RotateKey.js";

const MINUTE_MS = 60_000;

const STATES: Record<ApiKeyState, { icon: typeof IconRefresh; tone: string | undefined }> = {
  ACTIVE: { icon: IconCircleCheck, tone: classes.good },
  ROTATING: { icon: IconRefresh, tone: classes.warn },
  EXPIRED: { icon: IconClockOff, tone: classes.quiet },
  REVOKED: { icon: IconCircleOff, tone: classes.quiet },
};

/** One key, with what can still be done to it. */
export function KeyEntry({ apiKey, onSecret }: { apiKey: KeyFieldsFragment; onSecret(secret: string): void }) {
  const [asking, setAsking] = useState<"rotate" | "revoke" | null>(null);
  const mayManage = useMay("apiKey:manage");
  const close = () => setAsking(null);
  const { icon: Icon, tone } = STATES[apiKey.state];
  const isLive = apiKey.state === "ACTIVE" || apiKey.state === "ROTATING";
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h2 className={entries.name}>{apiKey.name}</h2>
        <p className={classes.head}>
          <span className={`${classes.state} ${tone}`}>
            <Icon size={14} stroke={2} aria-hidden />
            {STATE_WORDS[apiKey.state]}
          </span>
          <span className="mono">{apiKey.prefix}…</span>
          <Owner organisation={apiKey.organisation} />
        </p>
        <Facts apiKey={apiKey} />
        <details className={classes.details}>
          <summary>{countWords(apiKey.permissions.length)}</summary>
          <p className={`mono ${classes.list}`}>{apiKey.permissions.join(", ")}</p>
        </details>
      </div>
      {mayManage && isLive && (
        <div className={entries.buttons}>
          <Button size="xs" variant="default" onClick={() => setAsking("rotate")} aria-label={`Rotate ${apiKey.name}`}>
            Rotate
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking("revoke")} aria-label={`Revoke ${apiKey.name}`}>
            Revoke
          </Button>
        </div>
      )}
      <Dialog title={`A new secret for ${apiKey.name}?`} open={asking === "rotate"} onClose={close}>
        <RotateKey
          apiKey={apiKey}
          onCancel={close}
          onRotated={(secret) => {
            close();
            onSecret(secret);
          }}
        />
      </Dialog>
      <Dialog title={`Revoke ${apiKey.name}?`} open={asking === "revoke"} onClose={close}>
        <RevokeKey apiKey={apiKey} onDone={close} />
      </Dialog>
    </li>
  );
}

function countWords(count: number): string {
  return count === 1 ? "1 permission" : `${count} permissions`;
}

/** Whose key it is, where that is another organisation of the estate. */
function Owner({ organisation }: { organisation: KeyFieldsFragment["organisation"] }) {
  const own = useHomeId();
  if (!organisation || organisation.id === own) return null;
  return <span className="dimmed">{organisation.name}</span>;
}

function Facts({ apiKey }: { apiKey: KeyFieldsFragment }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const { lastUsedAt, lastUsedFrom, expiresAt, createdAt, createdBy, allowedAddresses } = apiKey;
  return (
    <dl className={classes.facts}>
      <dt>Last used</dt>
      <dd>{lastUsedAt ? `${formats.ago(lastUsedAt, now)} from ${lastUsedFrom ?? ABSENT}` : "Never"}</dd>
      <dt>Good until</dt>
      <dd>{expiresAt ? formats.dateTime(expiresAt) : "Without end"}</dd>
      <dt>Used from</dt>
      <dd>{allowedAddresses.length > 0 ? allowedAddresses.join(", ") : "Anywhere"}</dd>
      <dt>At most</dt>
      <dd>{formats.number(apiKey.requestsPerMinute)} requests a minute</dd>
      <dt>Created</dt>
      <dd>
        {formats.dateTime(createdAt)}
        {createdBy && ` by ${createdBy.displayName}`}
      </dd>
    </dl>
  );
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import { useNow } from "../components/use-now.js";
import type { OrganisationKind, SettingFieldsFragment } from "../gql/graphql.js";
import { ResetSetting } from "./ResetSetting.js";
import classes from "./Settings.module.css";
import { sourceWords, valueWords, whyFixed } from "./setting-words.js";
import { ValueEditor } from "./ValueEditor.js";

const MINUTE_MS = 60_000;

interface SettingEntryProps {
  setting: SettingFieldsFragment;
  /** Of the person's own organisation. */
  ownKind: OrganisationKind;
  /** Of the organisation whose settings these are. */
  kind: OrganisationKind;
  /** The address leads to it. */
  isWanted: boolean;
  onChanged(): void;
}

/** One setting: its value, where that comes from, and what can be done about it. */
export function SettingEntry({ setting, ownKind, kind, isWanted, onChanged }: SettingEntryProps) {
  const formats = useFormats();
  const mayWrite = useMay("setting:write");
  const [asking, setAsking] = useState<"value" | "reset" | null>(null);
  const entry = useScrollIfWanted(isWanted);
  const { definition, value, isSet, source } = setting;
  const { key, title, description, isSecret } = definition;
  const fixed = whyFixed(setting, ownKind, kind);
  const close = () => setAsking(null);
  const done = () => {
    close();
    onChanged();
  };
  const verb = isSecret ? (isSet ? "Replace" : "Set") : "Change";
  return (
    <li ref={entry} tabIndex={-1} className={isWanted ? `${classes.entry} ${classes.wanted}` : classes.entry}>
      <div className={classes.about}>
        <h3 className={classes.name}>{title}</h3>
        <p>{description}</p>
        <Link to="/settings/organisation" search={{ key }} className={`mono small ${classes.key}`}>
          {key}
        </Link>
      </div>
      <div className={classes.state}>
        <p className={classes.value}>{valueWords(definition, value, isSet, formats)}</p>
        <p className="small dimmed">
          {sourceWords(setting)}
          {fixed && `. ${fixed}`}
        </p>
        <Changed setting={setting} />
      </div>
      {mayWrite && (
        <div className={classes.buttons}>
          {!fixed && (
            <Button size="xs" variant="default" onClick={() => setAsking("value")} aria-label={`${verb}: ${title}`}>
              {verb}
            </Button>
          )}
          {!fixed && source === "ORGANISATION" && (
            <Button size="xs" variant="default" onClick={() => setAsking("reset")} aria-label={`Reset: ${title}`}>
              Reset
            </Button>
          )}
        </div>
      )}
      <Dialog title={title} open={asking === "value"} onClose={close}>
        <ValueEditor setting={setting} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Reset “${title}”?`} open={asking === "reset"} onClose={close}>
        <ResetSetting setting={setting} onDone={done} onCancel={close} />
      </Dialog>
    </li>
  );
}

/** Who wrote what counts, and when. */
function Changed({ setting: { changedAt, changedBy } }: { setting: SettingFieldsFragment }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  if (!changedAt) return null;
  return (
    <p className="small dimmed">
      <time dateTime={changedAt} title={formats.dateTime(changedAt)}>
        {formats.ago(changedAt, now)}
      </time>
      {changedBy && `, by ${changedBy.displayName}`}
    </p>
  );
}

function useScrollIfWanted(isWanted: boolean) {
  const entry = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isWanted) return;
    entry.current?.scrollIntoView({ block: "center" });
    entry.current?.focus({ preventScroll: true });
  }, [isWanted]);
  return entry;
}

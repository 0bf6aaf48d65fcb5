import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { Button, NativeSelect, Textarea } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { usePerson } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useAction } from "../components/use-action.js";
import { RolesToGiveDocument, type RolesToGiveQuery } from "../gql/graphql.js";
import classes from "./Invitations.module.css";
import { InvitePreview } from "./InvitePreview.js";
import { linesOf, type OfferedRole } from "./invite-list.js";
import { SentInvitations } from "./SentInvitations.js";
import { type InviteOutcome, useInvite } from "./use-invite.js";

const USUAL_ROLE = "viewer";
/** A hundred lines have far less; what is longer is no list of people. */
const LONGEST_FILE = 200_000;

interface InvitePeopleProps {
  organisationId: string | null;
  onSent(): void;
  onClose(): void;
}

/** Many people at once, typed, pasted or from a file; each line is looked at before anything is sent. */
export function InvitePeople({ organisationId, onSent, onClose }: InvitePeopleProps) {
  const { data, error, refetch } = useQuery(RolesToGiveDocument);
  const own = usePerson()?.permissions ?? [];
  const [outcome, setOutcome] = useState<InviteOutcome | null>(null);
  const roles = offered(data, own);

  if (outcome) return <SentInvitations outcome={outcome} onMore={() => setOutcome(null)} onClose={onClose} />;
  if (error && !roles) return <TroubleNotice error={error} of="The roles" onRetry={() => refetch()} />;
  if (!roles) return <Bones lines={3} height={36} label="the roles" />;
  return (
    <InviteForm
      roles={roles}
      organisationId={organisationId}
      onCancel={onClose}
      onDone={(done) => {
        setOutcome(done);
        if (done.sent > 0) onSent();
      }}
    />
  );
}

function offered(data: RolesToGiveQuery | undefined, own: readonly string[]): OfferedRole[] | null {
  const held = new Set(own);
  return (
    data?.organisation?.roles?.map(({ id, name, permissions }) => ({
      id,
      name,
      missing: permissions.filter(({ key }) => !held.has(key)).length,
    })) ?? null
  );
}

interface InviteFormProps {
  roles: readonly OfferedRole[];
  organisationId: string | null;
  onDone(outcome: InviteOutcome): void;
  onCancel(): void;
}

function InviteForm({ roles, organisationId, onDone, onCancel }: InviteFormProps) {
  const [text, setText] = useState("");
  const [roleId, setRoleId] = useState(() => usualOf(roles));
  const invite = useInvite(organisationId);
  const action = useAction();
  const lines = linesOf(text, roles, roleId);
  const fitting = lines.filter(({ problem }) => problem === null).length;

  const submit = async () => {
    if (fitting === 0) return "Enter at least one e-mail that can be invited.";
    const outcome = await invite(lines);
    // Nothing was looked at: the form stays as it is, and says why.
    if (outcome.sent === 0 && outcome.refused.length === 0) return outcome.problem;
    onDone(outcome);
    return null;
  };

  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <Textarea
        label="E-mail addresses"
        description="One a line, or pasted from elsewhere; a role may stand behind the address, after a comma."
        placeholder={"sipho@example.com\nlerato@example.com, billing"}
        rows={4}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <FilePicker onText={setText} onTrouble={(words) => action.run(async () => words)} />
      <NativeSelect
        label="Role"
        description="For everybody whose line names none. You can give what you may do yourself."
        value={roleId}
        onChange={(event) => setRoleId(event.currentTarget.value)}
        data={roles.map(({ id, name, missing }) => ({
          value: id,
          label: missing > 0 ? `${name} (may do more than you)` : name,
          disabled: missing > 0,
        }))}
      />
      {lines.length > 0 && <InvitePreview lines={lines} />}
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          {fitting < 2 ? "Send the invitation" : `Send ${fitting} invitations`}
        </Button>
      </DialogButtons>
    </form>
  );
}

function usualOf(roles: readonly OfferedRole[]): string {
  const fitting = roles.filter(({ missing }) => missing === 0);
  return (fitting.find(({ name }) => name === USUAL_ROLE) ?? fitting[0])?.id ?? "";
}

interface FilePickerProps {
  onText(text: string): void;
  onTrouble(words: string): void;
}

/** A CSV file with the columns email and role. */
function FilePicker({ onText, onTrouble }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const read = (file: File) => {
    if (file.size > LONGEST_FILE) return onTrouble("This file is too large for a list of people.");
    file.text().then(onText, () => onTrouble("This file cannot be read."));
  };
  return (
    <div className={classes.file}>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        aria-label="CSV file"
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) read(file);
          event.currentTarget.value = "";
        }}
      />
      <Button size="compact-xs" variant="default" onClick={() => input.current?.click()}>
        Take a CSV file
      </Button>
      <span className="small dimmed">with the columns email and role</span>
    </div>
  );
}

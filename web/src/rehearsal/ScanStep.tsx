import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { ScanWithSimulatedPhoneDocument } from "../gql/graphql.js";
import type { PairingNow } from "../messages/use-session-live.js";
import classes from "./Rehearsal.module.css";

/** The phone's part of pairing: it scans what the other page shows, or somebody types the code. */
export function ScanStep({ sessionId, state }: { sessionId: string; state: PairingNow }) {
  const [scan] = useMutation(ScanWithSimulatedPhoneDocument);
  const [code, setCode] = useState("");
  const action = useAction();
  const hand = async (scanned: string) => {
    const answer = await scan({ variables: { input: { sessionId, code: scanned } } });
    const result = answer.data?.scanWithSimulatedPhone;
    if (!result) return NO_ANSWER;
    return result.__typename === "WhatsAppSession" ? null : result.message;
  };
  if (state.__typename === "WhatsAppQrReady") {
    return (
      <div className={classes.form}>
        <p>The other page shows a QR code. This phone looks at it when you press the button.</p>
        <ProblemText>{action.problem}</ProblemText>
        <Button loading={action.busy} onClick={() => action.run(() => hand(state.qr))}>
          Scan the QR code
        </Button>
      </div>
    );
  }
  if (state.__typename === "WhatsAppPairingCodeReady") {
    return (
      <form
        className={classes.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          action.run(() => (code.trim() === "" ? Promise.resolve("Type the code.") : hand(code.trim())));
        }}
      >
        <TextInput
          label="Code from the other page"
          autoComplete="off"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={action.problem}
        />
        <Button type="submit" loading={action.busy}>
          Pair
        </Button>
      </form>
    );
  }
  return <p className="dimmed">Start pairing on the page Messages; this phone can scan it then.</p>;
}

import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { PairWhatsAppDocument } from "../gql/graphql.js";
import classes from "./Messages.module.css";
import { PHONE_PROBLEM, readPhone } from "./phone-number.js";

/** Starts pairing: with a QR code to scan, or with a code to type on the phone. */
export function PairPhone({ sessionId }: { sessionId: string }) {
  const [phone, setPhone] = useState("");
  const pair = usePair(sessionId);
  const scan = useAction();
  const type = useAction();
  const byCode = () => {
    const number = readPhone(phone);
    return number === null ? Promise.resolve(PHONE_PROBLEM) : pair(number);
  };
  return (
    <div className={classes.form}>
      <Button loading={scan.busy} onClick={() => scan.run(() => pair(null))}>
        Pair with a QR code
      </Button>
      {scan.problem && <p role="alert">{scan.problem}</p>}
      <form
        className={classes.codeForm}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          type.run(byCode);
        }}
      >
        <TextInput
          label="Or with a code, for the number"
          placeholder="+27 82 555 0101"
          type="tel"
          autoComplete="off"
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
          error={type.problem}
        />
        <Button type="submit" variant="default" loading={type.busy}>
          Get a code
        </Button>
      </form>
    </div>
  );
}

/** Asks for a new QR code, or for a code for a number; answers why not, or null. */
export function usePair(sessionId: string): (phone: string | null) => Promise<string | null> {
  const [pair] = useMutation(PairWhatsAppDocument);
  return async (phone) => {
    const answer = await pair({ variables: { input: phone ? { sessionId, phone } : { sessionId } } });
    const result = answer.data?.pairWhatsApp;
    if (!result) return NO_ANSWER;
    return result.__typename === "WhatsAppSession" ? null : result.message;
  };
}

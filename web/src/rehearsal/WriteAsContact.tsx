import { useApolloClient, useMutation } from "@apollo/client/react";
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { PhoneScreenDocument, SimulateInboundMessageDocument } from "../gql/graphql.js";
import { PHONE_PROBLEM, readPhone } from "../messages/phone-number.js";
import classes from "./Rehearsal.module.css";

/** A number of South Africa's range; the contact exists in the rehearsal only. */
const SAMPLE_NUMBER = "+27825550101";

/** Writes to the organisation as somebody outside would. */
export function WriteAsContact({ sessionId }: { sessionId: string }) {
  const client = useApolloClient();
  const [simulate] = useMutation(SimulateInboundMessageDocument);
  const [from, setFrom] = useState(SAMPLE_NUMBER);
  const [text, setText] = useState("");
  const action = useAction();
  const intent = useIntent();
  const write = async () => {
    const number = readPhone(from);
    if (number === null) return PHONE_PROBLEM;
    const input = { sessionId, from: number, text: text.trim() };
    if (input.text === "") return "Write something first.";
    const answer = await simulate({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.simulateInboundMessage;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "Message") return result.message;
    setText("");
    await client.refetchQueries({ include: [PhoneScreenDocument] });
    return null;
  };
  return (
    <Panel title="Write as a contact">
      <form
        className={classes.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          action.run(write);
        }}
      >
        <TextInput
          label="From the number"
          type="tel"
          autoComplete="off"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <Textarea label="Message" rows={3} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <ProblemText>{action.problem}</ProblemText>
        <Button type="submit" loading={action.busy}>
          Send
        </Button>
      </form>
    </Panel>
  );
}

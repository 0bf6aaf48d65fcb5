import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  DeleteVmsDocument,
  type ErrorCode,
  RebootVmsDocument,
  StartVmsDocument,
  StopVmsDocument,
} from "../gql/graphql.js";
import type { Machine } from "./Facts.js";
import classes from "./Machine.module.css";
import { type PowerAction, powerActions } from "./power.js";

const WORDS: Record<PowerAction, { label: string; question: string; consequence: string }> = {
  start: {
    label: "Start",
    question: "Start",
    consequence: "It is charged as a running machine from then on.",
  },
  stop: {
    label: "Stop",
    question: "Stop",
    consequence: "Whatever runs on it ends. Its disks stay and are charged; it can be started again.",
  },
  reboot: {
    label: "Reboot",
    question: "Reboot",
    consequence: "Whatever runs on it ends and starts anew.",
  },
  delete: {
    label: "Delete",
    question: "Delete",
    consequence: "The machine and its disks are gone for good. Nobody can bring them back.",
  },
};

/** Switches a machine on, off and away; asks first. Its new state comes with the live states. */
export function PowerActions({ machine }: { machine: Machine }) {
  const actions = powerActions(machine.state, useMay("vm:power"), useMay("vm:delete"));
  const [asking, setAsking] = useState<PowerAction | null>(null);
  const close = () => setAsking(null);
  return (
    <div className={classes.power}>
      {actions.map((action) => (
        <Button
          key={action}
          size="xs"
          variant={action === "start" ? "filled" : "default"}
          onClick={() => setAsking(action)}
        >
          {WORDS[action].label}
        </Button>
      ))}
      <Dialog
        title={asking ? `${WORDS[asking].question} ${machine.name}?` : machine.name}
        open={asking !== null}
        onClose={close}
      >
        {asking && <Confirm machine={machine} action={asking} onDone={close} />}
      </Dialog>
    </div>
  );
}

function Confirm({ machine, action, onDone }: { machine: Machine; action: PowerAction; onDone(): void }) {
  const power = usePower(machine.id);
  const [typed, setTyped] = useState("");
  const step = useAction();
  const run = async () => {
    if (action === "delete" && typed.trim() !== machine.name) return "This is not the machine's name.";
    const problem = await power(action);
    if (problem === null) onDone();
    return problem;
  };
  return (
    <>
      <p>{WORDS[action].consequence}</p>
      {action === "delete" && (
        <TextInput
          label={`Type ${machine.name} to go on`}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <ProblemText>{step.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button color={action === "delete" ? "red.9" : undefined} loading={step.busy} onClick={() => step.run(run)}>
          {WORDS[action].label}
        </Button>
      </DialogButtons>
    </>
  );
}

/** Asks for an action on one machine; answers why it was refused, or null. */
function usePower(vmId: string): (action: PowerAction) => Promise<string | null> {
  const [start] = useMutation(StartVmsDocument);
  const [stop] = useMutation(StopVmsDocument);
  const [reboot] = useMutation(RebootVmsDocument);
  const [remove] = useMutation(DeleteVmsDocument);
  const intent = useIntent();
  return async (action) => {
    const vmIds = [vmId];
    const variables = { input: { vmIds, idempotencyKey: intent.keyFor({ action, vmIds }) } };
    const ask = {
      start: async () => (await start({ variables })).data?.startVms,
      stop: async () => (await stop({ variables })).data?.stopVms,
      reboot: async () => (await reboot({ variables })).data?.rebootVms,
      delete: async () => (await remove({ variables })).data?.deleteVms,
    };
    const result = await ask[action]();
    if (!result) return NO_ANSWER;
    intent.settle();
    return result.__typename === "VmPowerOutcomes" ? outcomeWords(result) : result.message;
  };
}

interface Outcome {
  problem: { code: ErrorCode; message: string } | null;
}

function outcomeWords({ outcomes }: { outcomes: readonly Outcome[] }): string | null {
  const problem = outcomes[0]?.problem;
  if (problem?.code === "INSUFFICIENT_FUNDS") return "The wallet does not pay for it. Top it up first.";
  return problem?.message ?? null;
}

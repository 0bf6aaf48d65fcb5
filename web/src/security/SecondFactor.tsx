import { Button } from "@mantine/core";
import { IconShieldCheck, IconShieldOff } from "@tabler/icons-react";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import type { SecondFactorFieldsFragment } from "../gql/graphql.js";
import { ChangeFactor } from "./ChangeFactor.js";
import { BY_CHANNEL } from "./factor-words.js";
import classes from "./Security.module.css";
import { SetUpAuthenticator } from "./SetUpAuthenticator.js";

interface SecondFactorProps {
  factor: SecondFactorFieldsFragment;
  email: string | null;
  phone: string | null;
  onChanged(): void;
}

type Step = "channel" | "off" | "authenticator";

const TITLES: Record<Step, string> = {
  channel: "How shall codes come?",
  off: "Switch codes off?",
  authenticator: "Set up an authenticator app",
};

/** Whether a code is asked for at sign-in, and how it comes. */
export function SecondFactor({ factor, email, phone, onChanged }: SecondFactorProps) {
  const [step, setStep] = useState<Step | null>(null);
  const isOn = factor.enabled || factor.requiredByOrganisation;
  // Escape closes a dialog that has done its work already, too.
  const close = () => {
    setStep(null);
    onChanged();
  };
  const Icon = isOn ? IconShieldCheck : IconShieldOff;
  return (
    <>
      <p className={isOn ? classes.good : classes.warn}>
        <Icon size={16} stroke={1.8} aria-hidden />
        {isOn ? `On: a code comes ${BY_CHANNEL[factor.channel]}.` : "Off: the password alone opens your account."}
      </p>
      {factor.requiredByOrganisation && (
        <p className="small dimmed">Your organisation requires a second factor, so it cannot be switched off.</p>
      )}
      <div className={classes.buttons}>
        <Button
          variant={factor.channel === "AUTHENTICATOR" ? "default" : "filled"}
          onClick={() => setStep("authenticator")}
        >
          {factor.channel === "AUTHENTICATOR" ? "Set up another app" : "Set up an authenticator app"}
        </Button>
        <Button variant="default" onClick={() => setStep("channel")}>
          {isOn ? "Change how codes come" : "Switch codes on"}
        </Button>
        {factor.enabled && !factor.requiredByOrganisation && (
          <Button variant="default" onClick={() => setStep("off")}>
            Switch off
          </Button>
        )}
      </div>
      <Dialog title={step ? TITLES[step] : ""} open={step !== null} onClose={close}>
        {step === "authenticator" && <SetUpAuthenticator email={email} onDone={close} onCancel={close} />}
        {(step === "channel" || step === "off") && (
          <ChangeFactor factor={factor} phone={phone} enabled={step === "channel"} onDone={close} onCancel={close} />
        )}
      </Dialog>
    </>
  );
}

import { useState } from "react";
import { PublicPage } from "../components/PublicPage.js";
import { useLinkToken } from "../components/use-link-token.js";
import { AskForLink } from "./AskForLink.js";
import { ChoosePassword } from "./ChoosePassword.js";
import { Changed, LinkEnded, LinkSent } from "./outcomes.js";

type Step =
  | { at: "asking" }
  | { at: "sent"; to: string }
  | { at: "choosing"; token: string }
  | { at: "ended" }
  | { at: "changed" };

const TITLES: Record<Step["at"], string> = {
  asking: "Reset your password",
  sent: "Look at your mail",
  choosing: "Choose a new password",
  ended: "This link has ended",
  changed: "Your password is changed",
};

/** A forgotten password: a link is asked for, or the link is here and a new password is chosen. */
export function ResetPasswordPage() {
  const token = useLinkToken();
  const [step, setStep] = useState<Step>(token === null ? { at: "asking" } : { at: "choosing", token });
  return (
    <PublicPage title={TITLES[step.at]} awaitsMail={step.at === "sent"}>
      {step.at === "asking" && <AskForLink onSent={(to) => setStep({ at: "sent", to })} />}
      {step.at === "sent" && <LinkSent to={step.to} onAgain={() => setStep({ at: "asking" })} />}
      {step.at === "choosing" && (
        <ChoosePassword
          token={step.token}
          onChanged={() => setStep({ at: "changed" })}
          onEnded={() => setStep({ at: "ended" })}
        />
      )}
      {step.at === "ended" && <LinkEnded onAgain={() => setStep({ at: "asking" })} />}
      {step.at === "changed" && <Changed />}
    </PublicPage>
  );
}

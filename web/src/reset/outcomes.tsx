import { Button } from "@mantine/core";
import { SignInLink } from "../components/SignInLink.js";

/** Says the same whether anybody has the address or not. */
export function LinkSent({ to, onAgain }: { to: string; onAgain(): void }) {
  return (
    <>
      <p role="status">
        If there is an account for {to}, a link to choose a new password is on its way there. It works once, for 30
        minutes.
      </p>
      <p>Nothing there? Look among the unwanted mail, and whether the address is the right one.</p>
      <Button variant="default" onClick={onAgain}>
        Try another address
      </Button>
      <SignInLink />
    </>
  );
}

export function LinkEnded({ onAgain }: { onAgain(): void }) {
  return (
    <>
      <p role="alert">It was used already, or it is older than 30 minutes. Your password is as it was before.</p>
      <Button onClick={onAgain}>Send me a new link</Button>
      <SignInLink />
    </>
  );
}

export function Changed() {
  return (
    <>
      <p role="status">You were signed out everywhere. Sign in with your new password to go on.</p>
      <SignInLink as="button" />
    </>
  );
}

import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import { ChangePasswordForm } from "./ChangePasswordForm.js";
import classes from "./Security.module.css";

/** Says what a new password does, and asks for it. */
export function ChangePassword() {
  const [changing, setChanging] = useState(false);
  const [ended, setEnded] = useState<number | null>(null);
  return (
    <>
      <p>A new password signs you out everywhere else.</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => setChanging(true)}>
          Change the password
        </Button>
      </div>
      <p role="status">{ended !== null && `Your password is changed. ${endedWords(ended)}`}</p>
      <Dialog title="Change the password" open={changing} onClose={() => setChanging(false)}>
        <ChangePasswordForm
          onChanged={(sessionsEnded) => {
            setEnded(sessionsEnded);
            setChanging(false);
          }}
          onCancel={() => setChanging(false)}
        />
      </Dialog>
    </>
  );
}

function endedWords(sessions: number): string {
  if (sessions === 0) return "You were signed in nowhere else.";
  return sessions === 1 ? "One other device was signed out." : `${sessions} other devices were signed out.`;
}

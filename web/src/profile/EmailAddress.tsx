import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import { ChangeEmail } from "./ChangeEmail.js";
import classes from "./Profile.module.css";

/** The address that one signs in with, and the way to another one. */
export function EmailAddress({ email }: { email: string | null | undefined }) {
  const [changing, setChanging] = useState(false);
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <>
      <div className={classes.row}>
        <span className={classes.email}>{email ?? "–"}</span>
        <Button variant="default" size="xs" onClick={() => setChanging(true)}>
          Change the address
        </Button>
      </div>
      <p role="status" className={classes.note}>
        {sentTo !== null &&
          `A link is on its way to ${sentTo}. It is good for a day; until you open it, nothing changes.`}
      </p>
      <Dialog title="Change the address" open={changing} onClose={() => setChanging(false)}>
        <ChangeEmail
          onSent={(to) => {
            setSentTo(to);
            setChanging(false);
          }}
          onCancel={() => setChanging(false)}
        />
      </Dialog>
    </>
  );
}

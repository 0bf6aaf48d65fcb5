import { ActionIcon, Button } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useState } from "react";
import { troubleOf } from "../api/problems.js";
import classes from "./Shell.module.css";
import { useServices } from "./services-context.js";

/** Ends the session here and in every tab; says so when the server did not hear it. */
export function SignOutButton({ compact = false }: { compact?: boolean }) {
  const { signOut } = useServices();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const leave = () => {
    setBusy(true);
    setTrouble(null);
    signOut()
      .catch((error: unknown) => setTrouble(`You are still signed in. ${troubleOf(error).what}`))
      .finally(() => setBusy(false));
  };

  return (
    <>
      {compact ? (
        <ActionIcon variant="subtle" color="gray" size={36} aria-label="Sign out" loading={busy} onClick={leave}>
          <IconLogout size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      ) : (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconLogout size={14} stroke={1.8} aria-hidden />}
          loading={busy}
          onClick={leave}
          classNames={{ root: classes.signOut, label: classes.signOutLabel }}
          aria-label="Sign out"
        >
          Sign out
        </Button>
      )}
      {trouble && (
        <p role="alert" className={classes.trouble}>
          {trouble}
        </p>
      )}
    </>
  );
}

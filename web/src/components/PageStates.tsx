import { Button } from "@mantine/core";
import { IconAlertTriangle, IconMapQuestion } from "@tabler/icons-react";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { isMissingCode, serverAnswers } from "../api/code.js";
import { isRequestFailure, troubleOf } from "../api/problems.js";
import classes from "./PageStates.module.css";
import { SlowNotice } from "./SlowNotice.js";

/** Whether the page stands within the shell, which has the landmark already. */
export const InsideShell = createContext(false);

interface FrameProps {
  busy?: boolean;
  /** What the browser's tab says; left as it is where the page is still on its way. */
  title?: string;
  children: ReactNode;
}

function Frame({ busy = false, title, children }: FrameProps) {
  const inside = useContext(InsideShell);
  useEffect(() => {
    if (title) document.title = `${title} – Tollgate`;
  }, [title]);
  if (inside) {
    return (
      <div className={classes.page} aria-busy={busy}>
        {children}
      </div>
    );
  }
  return (
    <main className={classes.page} id="main" aria-busy={busy}>
      {children}
    </main>
  );
}

/** Shown when a page breaks or cannot be loaded, in place of that page only. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const trouble = troubleOf(error);
  const codeMissing = isMissingCode(error);
  const fromServer = isRequestFailure(error) || codeMissing;
  const [waiting, setWaiting] = useState(false);
  const retry = async () => {
    if (codeMissing) {
      // The browser keeps a failed piece of code as failed: only loading anew asks for it again. While nobody answers
      // that would leave the person with the browser's own page of errors.
      setWaiting(true);
      if (await serverAnswers()) window.location.reload();
      setWaiting(false);
      return;
    }
    reset();
    router.invalidate().catch(() => window.location.reload());
  };
  return (
    <Frame title="Trouble">
      <IconAlertTriangle size={28} stroke={1.5} aria-hidden className={classes.icon} />
      <h1 className={classes.title}>{fromServer ? trouble.what : "This page broke."}</h1>
      <p>{fromServer ? trouble.advice : "Load it again. The rest of Tollgate still works."}</p>
      {trouble.requestId && <p className="small dimmed">Request {trouble.requestId}</p>}
      <Button loading={waiting} onClick={() => void retry()}>
        Try again
      </Button>
    </Frame>
  );
}

/** For an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Frame title="No such page">
      <IconMapQuestion size={28} stroke={1.5} aria-hidden className={classes.icon} />
      <h1 className={classes.title}>There is no such page.</h1>
      <p>The address may be mistyped, or what it showed is gone.</p>
      <Link to="/">Go to the dashboard</Link>
    </Frame>
  );
}

/** While the code of a page or the answer to "who is this?" is on its way. */
export function PendingPage() {
  return (
    <Frame busy>
      <p className="dimmed">Loading…</p>
      <SlowNotice />
    </Frame>
  );
}

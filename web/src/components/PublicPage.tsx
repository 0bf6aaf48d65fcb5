import { type ReactNode, useEffect } from "react";
import { SchemeSwitch } from "../app/SchemeSwitch.js";
import classes from "./PublicPage.module.css";

interface PublicPageProps {
  title: string;
  /** Whether a mail is on its way: the demo's mailbox is pointed to then. */
  awaitsMail?: boolean;
  children: ReactNode;
}

/** A page for people who are not signed in, or need not be: one card, one thing to do. */
export function PublicPage({ title, awaitsMail = false, children }: PublicPageProps) {
  useEffect(() => {
    document.title = `${title} – Tollgate`;
  }, [title]);
  return (
    <div className={classes.page}>
      <main id="main" className={classes.card}>
        <p className={classes.brand}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={24} height={24} />
          Tollgate
        </p>
        <h1 className={classes.title}>{title}</h1>
        {children}
        {awaitsMail && isDemo() && (
          <p className={classes.demo}>
            This is the demo: its mail goes to a mailbox of its own.{" "}
            <a href={`${import.meta.env.BASE_URL}mailbox`} target="_blank" rel="noreferrer">
              Open the mailbox
            </a>
          </p>
        )}
      </main>
      <div className={classes.scheme}>
        <SchemeSwitch />
      </div>
    </div>
  );
}

/** The server says so in the page; on one's own computer it is the demo as a rule. */
function isDemo(): boolean {
  const said = document.querySelector('meta[name="tollgate-demo"]')?.getAttribute("content");
  if (said) return said === "true";
  return window.location.hostname === "localhost" || window.location.hostname === "127.0.0.1";
}

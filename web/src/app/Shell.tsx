import { useQuery } from "@apollo/client/react";
import { IconBell } from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { InsideShell } from "../components/PageStates.js";
import { UnreadCountDocument } from "../gql/graphql.js";
import { ConnectionState } from "./ConnectionState.js";
import { Navigation } from "./Navigation.js";
import { OrganisationSummary } from "./OrganisationSummary.js";
import { SchemeSwitch } from "./SchemeSwitch.js";
import classes from "./Shell.module.css";
import { SignOutButton } from "./SignOutButton.js";
import { usePerson, useServices, useStore } from "./services-context.js";
import { useLiveUpdates } from "./use-live-updates.js";

/** The frame around every page: where one is, whose money it is, and whether what one sees is live. */
export function Shell() {
  const person = usePerson();
  // What asks the server begins anew when it is about another organisation: nothing that was known counts any more.
  const actingId = useStore(useServices().acting.organisation)?.id ?? "own";
  const main = useFocusAfterNavigation();
  useLiveUpdates();
  if (!person) return null;
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        Skip to the content
      </a>
      <header className={classes.top}>
        <Brand />
        <OrganisationSummary key={`summary ${actingId}`} />
        <div className={classes.tools}>
          <ConnectionState />
          <Bell key={`bell ${actingId}`} />
          <SchemeSwitch />
          <span className={classes.phoneOnly}>
            <SignOutButton compact />
          </span>
        </div>
      </header>
      <nav aria-label="Main" className={classes.nav}>
        <Navigation />
        <div className={classes.person}>
          <p className={classes.name}>{person.displayName}</p>
          <p className={classes.email}>{person.email}</p>
          <SignOutButton />
        </div>
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <InsideShell value>
          <Outlet key={actingId} />
        </InsideShell>
      </main>
    </div>
  );
}

/** A new page starts at its top for the keyboard and for a screen reader too. */
function useFocusAfterNavigation() {
  const main = useRef<HTMLElement>(null);
  const pathname = useLocation({ select: (location) => location.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

function Brand() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <rect width="32" height="32" rx="6" fill="#0f6f66" />
        <path d="M7 10h18M16 10v14M10 10v7m12-7v7" fill="none" stroke="#fff" strokeWidth="2.5" strokeLinecap="round" />
      </svg>
      <span className={classes.word}>Tollgate</span>
    </span>
  );
}

function Bell() {
  const { data } = useQuery(UnreadCountDocument);
  const unread = data?.me?.notifications?.unreadCount ?? 0;
  const label = unread === 0 ? "Nothing unread" : `${unread} unread`;
  return (
    <Link to="/notifications" className={classes.bell} aria-label={label} title={label}>
      <IconBell size={18} stroke={1.6} aria-hidden />
      <span aria-live="polite" className={unread > 0 ? classes.count : "visually-hidden"}>
        {unread > 99 ? "99+" : unread}
      </span>
    </Link>
  );
}

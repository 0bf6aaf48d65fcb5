import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import classes from "./PageHeader.module.css";

interface PageHeaderProps {
  title: string;
  /** The page above this one, for the breadcrumbs. */
  above?: {
    label: string;
    to:
      | "/"
      | "/people"
      | "/machines"
      | "/messages"
      | "/quotes"
      | "/prices"
      | "/wallet"
      | "/billing"
      | "/billing/invoices"
      | "/payments"
      | "/catalogue";
  };
  aside?: ReactNode;
  action?: ReactNode;
}

/** Breadcrumbs, the page's name and its one primary action; names the browser's tab too. */
export function PageHeader({ title, above, aside, action }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} – Tollgate`;
  }, [title]);
  return (
    <header className={classes.header}>
      <nav aria-label="Breadcrumbs" className={classes.crumbs}>
        <ol>
          {above ? (
            <li>
              <Link to={above.to}>{above.label}</Link>
            </li>
          ) : (
            <li>Tollgate</li>
          )}
          <li aria-current="page">{title}</li>
        </ol>
      </nav>
      <div className={classes.row}>
        <h1 className={classes.title}>{title}</h1>
        {aside}
        {action && <div className={classes.action}>{action}</div>}
      </div>
    </header>
  );
}

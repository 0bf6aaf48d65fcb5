import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { ABSENT } from "../format/formats.js";
import { ShellBalanceDocument } from "../gql/graphql.js";
import classes from "./OrganisationSummary.module.css";
import { useMay, usePerson } from "./services-context.js";
import { useWalletLive } from "./use-wallet-live.js";

const POLL_MS = 60_000;
const KINDS = { INTERNAL: "Operator", RESELLER: "Reseller", CUSTOMER: "Customer" };

/** Whose organisation this is and what its wallet has available, always in sight. */
export function OrganisationSummary() {
  const organisation = usePerson()?.organisation;
  const mayReadWallet = useMay("wallet:read");
  const { data } = useQuery(ShellBalanceDocument, { skip: !mayReadWallet, pollInterval: POLL_MS });
  const wallet = data?.organisation?.wallet;
  useWalletLive(wallet?.id);
  return (
    <div className={classes.summary}>
      <span className={classes.organisation}>
        <span className={classes.name}>{organisation?.name ?? ABSENT}</span>
        {organisation && <span className={classes.kind}>{KINDS[organisation.kind]}</span>}
        {organisation?.status === "SUSPENDED" && (
          <span className={classes.suspended} title={organisation.statusReason ?? undefined}>
            Suspended<span className={classes.rest}>: you may read and pay</span>
          </span>
        )}
      </span>
      {mayReadWallet && (
        <Link to="/wallet" className={classes.wallet}>
          <span className={classes.label}>Available</span>
          <span className={classes.amount}>{wallet?.available.formatted ?? ABSENT}</span>
        </Link>
      )}
    </div>
  );
}

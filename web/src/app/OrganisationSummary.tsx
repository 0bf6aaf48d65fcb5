import { Link } from "@tanstack/react-router";
import { ABSENT } from "../format/formats.js";
import { KIND_WORDS } from "../organisation/organisation-words.js";
import classes from "./OrganisationSummary.module.css";
import { OrganisationSwitch } from "./OrganisationSwitch.js";
import { useMay } from "./services-context.js";
import { useHome } from "./use-home.js";
import { useWalletLive } from "./use-wallet-live.js";

/** Whose organisation this is and what its wallet has available, always in sight; and the way to another. */
export function OrganisationSummary() {
  const { organisation, wallet, isActing } = useHome(true);
  const mayReadWallet = useMay("wallet:read");
  useWalletLive(wallet?.id);
  return (
    <div className={classes.summary}>
      <span className={classes.organisation}>
        <OrganisationSwitch name={organisation?.name ?? ABSENT} />
        {organisation && !isActing && <span className={classes.kind}>{KIND_WORDS[organisation.kind]}</span>}
        {organisation && organisation.status !== "ACTIVE" && (
          <span className={classes.suspended} title={organisation.statusReason ?? undefined}>
            {organisation.status === "CLOSED" ? "Closed" : "Suspended"}
            {!isActing && <span className={classes.rest}>: you may read and pay</span>}
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

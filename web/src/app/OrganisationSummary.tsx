import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { ABSENT } from "../format/formats.js";
import type { WalletState } from "../gql/graphql.js";
import { KIND_WORDS } from "../organisation/organisation-words.js";
import { runwaySeconds } from "../wallet/runway.js";
import classes from "./OrganisationSummary.module.css";
import { OrganisationSwitch } from "./OrganisationSwitch.js";
import { useFormats, useMay } from "./services-context.js";
import { type HomeOrganisation, useHome } from "./use-home.js";
import { useWalletLive } from "./use-wallet-live.js";

/** Whose organisation this is and for how long its wallet lasts, always in sight; and the way to another. */
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
          {wallet && <Runway wallet={wallet} />}
        </Link>
      )}
    </div>
  );
}

/** What a wallet that does not simply pay has to say; null where its runway says it all. */
const TROUBLE: Record<WalletState, string | null> = {
  ACTIVE: null,
  LOW: "running low",
  OUT_OF_FUNDS: "out of funds",
  STOPPED: "out of funds, stopped",
  CLOSED: "closed",
};

/** For how long the wallet pays for what runs. */
function Runway({ wallet }: { wallet: NonNullable<HomeOrganisation["wallet"]> }) {
  const formats = useFormats();
  const seconds = runwaySeconds(wallet.available, wallet.burnRate);
  const trouble = TROUBLE[wallet.state];
  const lasts = seconds === null || seconds === 0 ? null : `lasts ${formats.duration(seconds)}`;
  if (trouble === null) return lasts && <span className={classes.runway}>{lasts}</span>;
  return (
    <span className={`${classes.runway} ${classes.trouble}`}>
      <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
      {/* A phone has room for one of both: how long it lasts says more, and the sign beside it that it is not long. */}
      <span className={lasts ? classes.wide : undefined}>{lasts ? `${trouble}, ` : trouble}</span>
      {lasts}
    </span>
  );
}

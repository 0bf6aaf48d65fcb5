import { useQuery } from "@apollo/client/react";
import { Bones } from "../components/Bones.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { SecurityDocument } from "../gql/graphql.js";
import { Sessions } from "../sessions/Sessions.js";
import { ChangePassword } from "./ChangePassword.js";
import { RecoveryCodesPanel } from "./RecoveryCodesPanel.js";
import { SecondFactor } from "./SecondFactor.js";

/** How one signs in: the second factor, the codes for a lost phone, the password, and where one is signed in. */
export function SecurityPage() {
  const { data, error, refetch } = useQuery(SecurityDocument, { fetchPolicy: "cache-and-network" });
  const me = data?.me;
  const factor = me?.mfa;
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  return (
    <>
      <PageHeader title="Security" />
      <Panel title="Second factor">
        {me && factor && <SecondFactor factor={factor} email={me.email} phone={me.phone} onChanged={reload} />}
        {!factor && !error && <Bones lines={3} height={20} label="your second factor" />}
        {!factor && error && <TroubleNotice error={error} of="Your second factor" onRetry={reload} />}
      </Panel>
      {me && factor && (
        <RecoveryCodesPanel
          left={factor.recoveryCodesLeft}
          isNeeded={factor.enabled || factor.requiredByOrganisation}
          email={me.email}
          onChanged={reload}
        />
      )}
      <Panel title="Password">
        <ChangePassword />
      </Panel>
      <Panel title="Where you are signed in">
        <Sessions />
      </Panel>
    </>
  );
}

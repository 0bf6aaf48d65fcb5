import { useQuery } from "@apollo/client/react";
import { Bones } from "../components/Bones.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ProfileDocument } from "../gql/graphql.js";
import { ExportMyData } from "../people/ExportMyData.js";
import { EmailAddress } from "./EmailAddress.js";
import { ProfileForm } from "./ProfileForm.js";

/** Who one is to Tollgate: name, phone, language and time zone, and the address that one signs in with. */
export function ProfilePage() {
  const { data, error, refetch } = useQuery(ProfileDocument, { fetchPolicy: "cache-and-network" });
  const me = data?.me;
  return (
    <>
      <PageHeader title="Profile" />
      {!me && !error && <Bones lines={5} height={48} label="your profile" />}
      {!me && error && <TroubleNotice error={error} of="Your profile" onRetry={() => refetch()} />}
      {me && (
        <>
          <Panel title="About you">
            <ProfileForm profile={me} />
          </Panel>
          <Panel title="E-mail address">
            <EmailAddress email={me.email} />
          </Panel>
          <Panel title="Your data">
            <ExportMyData />
          </Panel>
        </>
      )}
    </>
  );
}

import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useQuery } from "@apollo/client/react";
import { Button, SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { type InvitationState, InvitationsDocument } from "../gql/graphql.js";
import { InvitationEntry } from "./InvitationEntry.js";
import classes from "./Invitations.module.css";
import { InvitePeople } from "./InvitePeople.js";
import { CHOICES, emptyTitle } from "./invitation-words.js";

const PAGE = 20;

/** Who was invited, and what became of it. */
export function InvitationsPage() {
  const { state } = useSearch({ from: "/shell/invitations" });
  const navigate = useNavigate({ from: "/invitations" });
  const [may, mayInvite] = [useMay("member:read"), useMay("member:invite")];
  const [inviting, setInviting] = useState(false);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(InvitationsDocument, {
    variables: { first: PAGE, state: state ? [state] : null },
    skip: !may,
  });
  const organisation = data?.organisation;
  const list = organisation?.invitations;
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const choose = (value: string) => {
    const search = value === "ALL" ? {} : { state: value as InvitationState }; // one of the choices
    navigate({ search, replace: true }).catch(() => undefined); // the page stays as it is
  };

  return (
    <>
      <PageHeader
        title="Invitations"
        aside={
          may && (
            <SegmentedControl
              size="xs"
              aria-label="Which invitations"
              value={state ?? "ALL"}
              onChange={choose}
              data={CHOICES}
            />
          )
        }
        action={may && mayInvite && <Button onClick={() => setInviting(true)}>Invite people</Button>}
      />
      {!may && (
        <EmptyState title="You may not see invitations">
          Ask whoever runs your organisation for the permission to see its members.
        </EmptyState>
      )}
      {list && list.nodes.length > 0 && (
        <ul className={`${entries.list} ${classes.list}`}>
          {list.nodes.map((invitation) => (
            <InvitationEntry key={invitation.id} invitation={invitation} onChanged={again} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title={emptyTitle(state)}>
          {mayInvite
            ? "Invite people by e-mail: each gets a link that is good for seven days, and the role that you choose."
            : "Whoever may invite people does it here."}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="lg" />
      {may && !list && !error && <Bones lines={4} height={56} label="the invitations" />}
      {may && !list && error && <TroubleNotice error={error} of="The invitations" onRetry={again} />}
      <Dialog
        title={`Invite people to ${organisation?.name ?? "your organisation"}`}
        open={inviting}
        onClose={() => setInviting(false)}
      >
        <InvitePeople organisationId={organisation?.id ?? null} onClose={() => setInviting(false)} onSent={again} />
      </Dialog>
    </>
  );
}

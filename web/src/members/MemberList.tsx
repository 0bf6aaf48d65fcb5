import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { type MemberFieldsFragment, MembersDocument, type RoleFieldsFragment } from "../gql/graphql.js";
import { AssignRoles } from "./AssignRoles.js";
import classes from "./Members.module.css";
import { RemoveMember } from "./RemoveMember.js";

const PAGE = 20;

/** The members of the organisation with their roles, longest first. */
export function MemberList({ roles, onChanged }: { roles: readonly RoleFieldsFragment[]; onChanged(): void }) {
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(MembersDocument, {
    variables: { first: PAGE },
    fetchPolicy: "cache-and-network",
  });
  const formats = useFormats();
  const members = data?.organisation?.members;
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const changed = () => {
    reload();
    onChanged();
  };
  return (
    <Panel
      title="Members"
      aside={members?.totalCount != null && <span className="dimmed">{formats.number(members.totalCount)} in all</span>}
    >
      {!members && !error && <Bones lines={3} height={48} label="the members" />}
      {!members && error && <TroubleNotice error={error} of="The members" onRetry={reload} />}
      {members?.nodes.length === 0 && <p className="dimmed">Nobody is a member yet.</p>}
      {members && members.nodes.length > 0 && (
        <ul className={entries.list}>
          {members.nodes.map((member) => (
            <MemberEntry key={member.id} member={member} roles={roles} onChanged={changed} />
          ))}
        </ul>
      )}
      <LoadMore page={members?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
    </Panel>
  );
}

interface MemberEntryProps {
  member: MemberFieldsFragment;
  roles: readonly RoleFieldsFragment[];
  onChanged(): void;
}

/** One member, with what can be done. */
export function MemberEntry({ member, roles, onChanged }: MemberEntryProps) {
  const [asking, setAsking] = useState<"roles" | "remove" | null>(null);
  const formats = useFormats();
  const mayManage = useMay("member:manage");
  const close = () => setAsking(null);
  const done = () => {
    close();
    onChanged();
  };
  const name = member.user?.displayName ?? ABSENT;
  return (
    <li className={entries.entry}>
      <div className={`${entries.about} ${classes.about}`}>
        <h3 className={entries.name}>{name}</h3>
        <p className="dimmed">
          {member.user?.email ?? ABSENT} · since {formats.dateTime(member.joinedAt)}
        </p>
      </div>
      <p className={classes.roles}>{member.roles.map((role) => role.name).join(", ")}</p>
      {mayManage && (
        <div className={entries.buttons}>
          <Button size="xs" variant="default" aria-label={`Roles of ${name}`} onClick={() => setAsking("roles")}>
            Roles
          </Button>
          <Button size="xs" variant="default" aria-label={`Remove ${name}`} onClick={() => setAsking("remove")}>
            Remove
          </Button>
        </div>
      )}
      <Dialog title={`Roles of ${name}`} open={asking === "roles"} onClose={close}>
        <AssignRoles member={member} roles={roles} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Remove ${name}?`} open={asking === "remove"} onClose={close}>
        <RemoveMember member={member} onDone={done} onCancel={close} />
      </Dialog>
    </li>
  );
}

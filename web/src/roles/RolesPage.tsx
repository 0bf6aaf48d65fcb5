import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { RolesDocument } from "../gql/graphql.js";
import { MemberList } from "../members/MemberList.js";
import { matrixOf } from "./matrix.js";
import { OwnRoles } from "./OwnRoles.js";
import { PermissionMatrix } from "./PermissionMatrix.js";
import { RoleForm } from "./RoleForm.js";
import classes from "./Roles.module.css";

/** Who may do what: the members with their roles, the organisation's own roles, and what every role allows. */
export function RolesPage() {
  const [may, mayManage, mayReadMembers] = [useMay("role:read"), useMay("role:manage"), useMay("member:read")];
  const [creating, setCreating] = useState(false);
  const { find = "" } = useSearch({ from: "/shell/roles" });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(RolesDocument, { skip: !may, fetchPolicy: "cache-and-network" });
  const roles = data?.organisation?.roles;
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const search = (text: string) => {
    void navigate({ to: "/roles", search: text === "" ? {} : { find: text }, replace: true });
  };
  return (
    <>
      <PageHeader
        title="Roles"
        action={may && mayManage && <Button onClick={() => setCreating(true)}>Make a role</Button>}
      />
      {!may && (
        <EmptyState title="You may not see roles">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      )}
      {may && !roles && !error && <Bones lines={8} height={36} label="the roles" />}
      {may && !roles && error && <TroubleNotice error={error} of="The roles" onRetry={reload} />}
      {roles && mayReadMembers && <MemberList roles={roles} onChanged={reload} />}
      {roles && <OwnRoles roles={roles.filter(({ isBuiltIn }) => !isBuiltIn)} onChanged={reload} />}
      {roles && (
        <Panel
          title="What each role allows"
          aside={
            <TextInput
              className={classes.find}
              aria-label="Find a permission"
              placeholder="Find a permission"
              leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />}
              value={find}
              onChange={(event) => search(event.currentTarget.value)}
            />
          }
        >
          <PermissionMatrix roles={roles} groups={matrixOf(data?.permissions ?? [], roles, find)} />
        </Panel>
      )}
      <Dialog title="Make a role" open={creating} onClose={() => setCreating(false)}>
        <RoleForm
          known={null}
          onDone={() => {
            setCreating(false);
            reload();
          }}
          onCancel={() => setCreating(false)}
        />
      </Dialog>
    </>
  );
}

import { announce, type Tx } from "@tollgate/kit";
import type { OrganisationKind, OrganisationStatus, TenancyChange } from "@tollgate/kit/protocol";
import { nextVersion } from "./tree.js";

interface Row {
  organisation_id: string;
  parent_id: string | null;
  path: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
}

/**
 * Works the places and effective statuses of a branch out anew, and tells all subgraphs in one event; two statements
 * and the event, however large the branch is. Its own row of `organisation` is changed already.
 * @returns the version of the tree.
 */
export const restateBranch = async (tx: Tx, id: string): Promise<string> => {
  const version = await nextVersion(tx);
  // A place is told by the path: 37 characters for each level. The top is restated in any case, so that whoever waits
  // for this version of the tree finds it.
  const rows = await tx.sql<Row[]>`
    with recursive branch as (
      select o.organisation_id, o.parent_id, coalesce(above.path, '/') || o.organisation_id || '/' as path,
          case when o.own_status = 'CLOSED' then 'CLOSED'
            when o.own_status = 'SUSPENDED' or above.status <> 'ACTIVE' then 'SUSPENDED' else 'ACTIVE' end as status
        from organisation o left join tenancy above on above.organisation_id = o.parent_id
       where o.organisation_id = ${id}
      union all
      select o.organisation_id, o.parent_id, b.path || o.organisation_id || '/',
          case when o.own_status = 'CLOSED' then 'CLOSED'
            when o.own_status = 'SUSPENDED' or b.status <> 'ACTIVE' then 'SUSPENDED' else 'ACTIVE' end
        from organisation o join branch b on o.parent_id = b.organisation_id
    ), placed as (
      update organisation o set depth = (length(branch.path) - 1) / 37 - 1
        from branch where o.organisation_id = branch.organisation_id
         and o.depth <> (length(branch.path) - 1) / 37 - 1
    )
    update tenancy t set parent_id = branch.parent_id, path = branch.path, status = branch.status, version = ${version}
      from branch where t.organisation_id = branch.organisation_id
       and (t.organisation_id = ${id}
         or (t.parent_id, t.path, t.status) is distinct from (branch.parent_id, branch.path, branch.status))
    returning t.organisation_id, t.parent_id, t.path, t.kind, t.status`;
  const changes = rows.map(
    (row): TenancyChange => ({
      organisationId: row.organisation_id,
      parentId: row.parent_id,
      path: row.path,
      kind: row.kind,
      status: row.status,
      version,
    }),
  );
  await announce(tx, "organisation.changed", { aggregateId: id, organisationId: id, payload: changes });
  return version;
};

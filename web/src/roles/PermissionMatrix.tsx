import { IconCheck } from "@tabler/icons-react";
import { Fragment } from "react";
import type { RoleFieldsFragment } from "../gql/graphql.js";
import { resourceWords } from "../permissions/permission-words.js";
import type { MatrixGroup } from "./matrix.js";
import classes from "./Roles.module.css";

/** All permissions against all roles. On a phone it moves sideways under the names of the permissions. */
export function PermissionMatrix({ roles, groups }: { roles: readonly RoleFieldsFragment[]; groups: MatrixGroup[] }) {
  if (groups.length === 0) return <p className="dimmed">No permission like that.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard (WCAG 2.1.1)
    <section className={classes.scroll} aria-label="Permissions by role" tabIndex={0}>
      <table className={classes.matrix}>
        <caption className="visually-hidden">Which role holds which permission</caption>
        <thead>
          <tr>
            <th scope="col">Permission</th>
            {roles.map(({ id, name }) => (
              <th key={id} scope="col" className={classes.role}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ resource, rows }) => (
            <Fragment key={resource}>
              <tr className={classes.group}>
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  <span>{resourceWords(resource)}</span>
                </th>
              </tr>
              {rows.map(({ key, sentence, holders }) => (
                <tr key={key}>
                  <th scope="row" title={key}>
                    {sentence}
                  </th>
                  {roles.map(({ id }) => (
                    <td key={id}>{holders.has(id) ? <Held /> : <span className="visually-hidden">no</span>}</td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Held() {
  return (
    <>
      <IconCheck size={16} stroke={2} aria-hidden className={classes.held} />
      <span className="visually-hidden">yes</span>
    </>
  );
}

import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { useQuery } from "@apollo/client/react";
import { Button, Checkbox } from "@mantine/core";
import { useMay, usePerson } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { PermissionSentencesDocument } from "../gql/graphql.js";
import classes from "./Permissions.module.css";
import { groupsOf, resourceWords } from "./permission-words.js";

interface PermissionPickerProps {
  chosen: ReadonlySet<string>;
  onChange(chosen: ReadonlySet<string>): void;
  error?: string | undefined;
}

/** One's own permissions to choose from: nobody gives more than he holds. */
export function PermissionPicker({ chosen, onChange, error }: PermissionPickerProps) {
  const own = usePerson()?.permissions ?? [];
  const { data } = useQuery(PermissionSentencesDocument, { skip: !useMay("role:read") });
  const sentences = new Map(data?.permissions?.map(({ key, sentence }) => [key, sentence]));
  // What one does not hold can neither be given nor taken.
  const kept = [...chosen].filter((permission) => !own.includes(permission));
  const toggle = (permission: string) => {
    const next = new Set(chosen);
    if (!next.delete(permission)) next.add(permission);
    onChange(next);
  };
  return (
    <fieldset className={classes.permissions}>
      <legend>What it may do</legend>
      <div className={classes.choices}>
        <span className="small dimmed">
          {own.filter((permission) => chosen.has(permission)).length} of your {own.length} permissions
        </span>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onChange(new Set([...kept, ...own.filter((permission) => permission.endsWith(":read"))]))}
        >
          All that only reads
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange(new Set(kept))}>
          None
        </Button>
      </div>
      <div className={classes.groups}>
        {groupsOf(own).map(({ resource, permissions }) => (
          <div key={resource} className={classes.group}>
            <p className={classes.resource}>{resourceWords(resource)}</p>
            {permissions.map((permission) => (
              <Checkbox
                key={permission}
                size="xs"
                label={sentences.get(permission) ?? permission}
                checked={chosen.has(permission)}
                onChange={() => toggle(permission)}
              />
            ))}
          </div>
        ))}
      </div>
      {kept.length > 0 && (
        <p className="small dimmed">
          Besides these it holds {kept.length} that you do not hold; they stay as they are.
        </p>
      )}
      <ProblemText>{error}</ProblemText>
    </fieldset>
  );
}

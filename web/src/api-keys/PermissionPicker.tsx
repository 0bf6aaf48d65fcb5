import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { useQuery } from "@apollo/client/react";
import { Button, Checkbox } from "@mantine/core";
import { useMay, usePerson } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { PermissionSentencesDocument } from "../gql/graphql.js";
import classes from "./ApiKeys.module.css";
import { groupsOf, resourceWords } from "./key-words.js";

interface PermissionPickerProps {
  chosen: ReadonlySet<string>;
  onChange(chosen: ReadonlySet<string>): void;
  error?: string | undefined;
}

/** One's own permissions to choose from: a key never does more than its maker. */
export function PermissionPicker({ chosen, onChange, error }: PermissionPickerProps) {
  const own = usePerson()?.permissions ?? [];
  const { data } = useQuery(PermissionSentencesDocument, { skip: !useMay("role:read") });
  const sentences = new Map(data?.permissions?.map(({ key, sentence }) => [key, sentence]));
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
          {chosen.size} of your {own.length} permissions
        </span>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onChange(new Set(own.filter((permission) => permission.endsWith(":read"))))}
        >
          All that only reads
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange(new Set())}>
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
      <ProblemText>{error}</ProblemText>
    </fieldset>
  );
}

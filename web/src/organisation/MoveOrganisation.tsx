import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useHomeId } from "../app/use-home.js";
import { useIntent } from "../components/use-intent.js";
import { MoveOrganisationDocument, type OrganisationKind } from "../gql/graphql.js";
import { ChangeForm } from "./ChangeForm.js";
import type { ChangeProps } from "./NameForms.js";
import classes from "./Organisation.module.css";
import { type Choice, OrganisationPicker } from "./OrganisationPicker.js";
import { useChange } from "./use-change.js";

/** Nobody stands below a customer. */
const PARENTS: readonly OrganisationKind[] = ["INTERNAL", "RESELLER"];

interface MoveProps extends Omit<ChangeProps, "onDone"> {
  onDone(node: ChangeProps["node"], newParentId: string): void;
}

/** Takes a branch below another organisation of the estate. */
export function MoveOrganisation({ node, onDone, onCancel }: MoveProps) {
  const [move] = useMutation(MoveOrganisationDocument, { fetchPolicy: "no-cache" });
  const [parent, setParent] = useState<Choice | null>(null);
  const homeId = useHomeId();
  const intent = useIntent();
  const change = useChange((moved) => parent && onDone(moved, parent.id));
  const submit = () => {
    if (!parent) return;
    const wish = { organisationId: node.id, newParentId: parent.id };
    const input = { ...wish, idempotencyKey: intent.keyFor(wish) };
    change.ask(async () => (await move({ variables: { input } })).data?.moveOrganisation, intent.settle);
  };
  return (
    <ChangeForm change={change} word="Move" isReady={parent !== null} onSubmit={submit} onCancel={onCancel}>
      <p>
        <strong>{node.name}</strong> and everything below it move. Whoever stands above the new place sees it from then
        on; whoever stood above the old one only, no longer.
      </p>
      {parent ? (
        <div className={classes.chosen}>
          <p>
            To below <strong>{parent.name}</strong>
          </p>
          <Button variant="default" size="compact-sm" onClick={() => setParent(null)}>
            Choose another
          </Button>
        </div>
      ) : (
        homeId && <OrganisationPicker rootId={homeId} label="New place" kinds={PARENTS} onChoose={setParent} />
      )}
      {change.errors["newParentId"] && (
        <p role="alert" className={classes.wrong}>
          {change.errors["newParentId"]}
        </p>
      )}
    </ChangeForm>
  );
}

import { useState } from "react";
import { type Action, NO_ANSWER, useAction } from "../components/use-action.js";
import type { CreateOrganisationMutation } from "../gql/graphql.js";
import type { OrganisationNode } from "./tree-model.js";

/** What every mutation of the tree answers. */
type Answer = CreateOrganisationMutation["createOrganisation"];

export interface Change extends Pick<Action, "busy" | "problem"> {
  /** What is wrong with which field of the input, as the server says it. */
  errors: Readonly<Partial<Record<string, string>>>;
  /** Asks for the change. `onAnswer` is called as soon as the server has decided. */
  ask(mutate: () => Promise<Answer | undefined>, onAnswer?: () => void): void;
}

/** One change of the tree, with its refusals at their fields. */
export function useChange(onDone: (node: OrganisationNode) => void): Change {
  const action = useAction();
  const [errors, setErrors] = useState<Change["errors"]>({});
  const step = async (mutate: () => Promise<Answer | undefined>, onAnswer?: () => void): Promise<string | null> => {
    setErrors({});
    const result = await mutate();
    if (!result) return NO_ANSWER;
    onAnswer?.();
    if (result.__typename === "Organisation") {
      onDone(result);
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setErrors(Object.fromEntries(result.fields.map(({ path, message }) => [path[0] ?? "", message])));
    return result.fields.length > 0 ? null : result.message;
  };
  return { ...action, errors, ask: (mutate, onAnswer) => action.run(() => step(mutate, onAnswer)) };
}

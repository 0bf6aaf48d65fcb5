import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { type Action, NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { ChangeBillingModeDocument, type ChangeBillingModeMutation } from "../gql/graphql.js";
import type { Paying } from "./mode-changes.js";
import type { ModeErrors } from "./mode-form.js";

type Answer = NonNullable<ChangeBillingModeMutation["changeBillingMode"]>;
export type Conflict = Extract<Answer, { __typename: "ConflictProblem" }>;

export interface ModeWish extends Paying {
  effectiveFrom: string;
}

export interface ChangeMode extends Pick<Action, "busy" | "problem"> {
  errors: ModeErrors;
  refuse(errors: ModeErrors): void;
  /** Asks for the change. `onAnswer` is called as soon as the server has decided. */
  ask(wish: () => ModeWish | null, onAnswer?: () => void): void;
}

/**
 * One change of how an organisation pays, with its refusals at their fields.
 * @param wordsOf what is said at the limit when more is used already.
 */
export function useChangeMode(
  organisationId: string,
  wordsOf: (conflict: Conflict) => string,
  onDone: () => void,
): ChangeMode {
  const [mutate] = useMutation(ChangeBillingModeDocument);
  const [errors, refuse] = useState<ModeErrors>({});
  const action = useAction();
  const intent = useIntent();
  const step = async ({ mode, creditLimit, effectiveFrom }: ModeWish, onAnswer?: () => void) => {
    refuse({});
    const limit = creditLimit && { minorUnits: creditLimit.minorUnits, currency: creditLimit.currency };
    const input = { organisationId, mode, creditLimit: limit, effectiveFrom };
    const answer = await mutate({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.changeBillingMode;
    if (!result) return NO_ANSWER;
    intent.settle();
    onAnswer?.();
    switch (result.__typename) {
      case "BillingModeChange":
        onDone();
        return null;
      case "ConflictProblem":
        if (mode === "PREPAID") return result.message;
        refuse({ creditLimit: wordsOf(result) });
        return null;
      case "InvalidInputProblem": {
        const { organisationId: ofAll, ...found } = Object.fromEntries(
          result.fields.map(({ path: [field = ""], message }) => [field, message]),
        );
        refuse(found);
        return ofAll ?? (Object.keys(found).length > 0 ? null : result.message);
      }
      default:
        return result.message;
    }
  };
  return {
    ...action,
    errors,
    refuse,
    ask: (wish, onAnswer) =>
      action.run(async () => {
        const wished = wish();
        return wished && step(wished, onAnswer);
      }),
  };
}

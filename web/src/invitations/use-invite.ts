import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { createIntent, type Intent } from "../api/intent.js";
import { failureWords, NO_ANSWER } from "../components/use-action.js";
import { InviteMembersDocument } from "../gql/graphql.js";
import { groupsOf, type InviteLine } from "./invite-list.js";

/** What became of a list of people. */
export interface InviteOutcome {
  sent: number;
  refused: { email: string; message: string }[];
  /** Why some were not sent at all; null when each was looked at. */
  problem: string | null;
}

/** Invites those of a list who fit, role by role. A repetition of the same list sends nothing twice. */
export function useInvite(organisationId: string | null) {
  const [mutate] = useMutation(InviteMembersDocument, { fetchPolicy: "no-cache" });
  const [intents] = useState(() => new Map<string, Intent>());

  const intentOf = (roleId: string): Intent => {
    const intent = intents.get(roleId) ?? createIntent();
    intents.set(roleId, intent);
    return intent;
  };

  return async (lines: readonly InviteLine[]): Promise<InviteOutcome> => {
    const outcome: InviteOutcome = { sent: 0, refused: [], problem: null };
    for (const { roleId, emails } of groupsOf(lines)) {
      const input = { organisationId, emails, roleIds: [roleId] };
      const intent = intentOf(roleId);
      try {
        const { data } = await mutate({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
        const result = data?.inviteMembers;
        if (result) intent.settle();
        if (result?.__typename === "InvitationsSent") {
          outcome.sent += result.invitations.length;
          outcome.refused.push(...result.refused.map(({ email, problem }) => ({ email, message: problem.message })));
        } else outcome.problem = result ? result.message : NO_ANSWER;
      } catch (error) {
        outcome.problem = failureWords(error);
      }
    }
    return outcome;
  };
}

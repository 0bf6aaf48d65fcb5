import { newEventId, type SubgraphKit, type SubgraphParts } from "@tollgate/kit";
import type { SessionTokenIssuer } from "../sessions/issuer.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import type { PasswordHasher } from "../sign-in/hasher.js";
import { Accepting } from "./accepting.js";
import { followInvitation, tidyInvitations } from "./open-invitations.js";
import { RegistrationResolver } from "./registration.resolver.js";
import { remindOrganisations, tidyRegistrations, withdrawRegistration } from "./registrations.js";
import { tidyRequests } from "./rules.js";
import { SigningUp } from "./sign-up.js";
import { Watch } from "./waiting.js";
import { tidySignUps } from "./waiting-sign-ups.js";

interface Tools {
  hasher: PasswordHasher;
  tokens: RefreshTokens;
  issuer: SessionTokenIssuer;
  clock: () => Date;
  /** Milliseconds that a request waits for a membership at most. */
  patience?: number | undefined;
}

/** What brings a registration further. */
const AWAITED = ["member.changed", "registration.refused", "organisation.changed"];

/** How people come in: by invitation, or by signing up. */
export const registrationParts = ({ database, sealer, wakeRelay }: SubgraphKit, tools: Tools) => {
  const { hasher, tokens, issuer, clock } = tools;
  const watch = new Watch(tools.patience);
  const shared = { database, hasher, watch, clock, wake: () => wakeRelay() };
  const accepting = new Accepting({ ...shared, tokens, newId: () => newEventId() });
  const signingUp = new SigningUp({ ...shared, sealer });
  return {
    signingUp,
    resolver: new RegistrationResolver({ accepting, signingUp, issuer }),
    handlers: {
      "invitation.changed": followInvitation,
      "registration.refused": (tx, event) => withdrawRegistration(tx, event, clock()),
    } satisfies SubgraphParts["handlers"],
    onEvent: (type: string) => {
      if (AWAITED.includes(type)) watch.wake();
    },
    jobs: [
      {
        name: "remind-of-registrations",
        schedule: "* * * * *",
        run: async () => {
          await database.system("remind-of-registrations", (tx) => remindOrganisations(tx, clock()));
          wakeRelay();
        },
      },
      {
        name: "remove-old-registrations",
        schedule: "33 * * * *",
        run: () =>
          database.system("remove-old-registrations", async (tx) => {
            await tidySignUps(tx, clock());
            await tidyRegistrations(tx);
            await tidyInvitations(tx);
            await tidyRequests(tx);
          }),
      },
    ],
  };
};

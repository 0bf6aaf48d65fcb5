import { fileURLToPath } from "node:url";
import {
  forgetKeys,
  newEventId,
  type Subgraph,
  type SubgraphDefinition,
  type SubgraphKit,
  type SubgraphParts,
} from "@tollgate/kit";
import {
  type IdentitySource,
  type MemberChange,
  type PassThroughRoute,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
} from "@tollgate/kit/protocol";
import { endOverlaps, outdateKeysOf } from "./api-keys/api-keys.js";
import { ApiKeysResolver } from "./api-keys/api-keys.resolver.js";
import { ApiKeyDesk } from "./api-keys/exchange.js";
import { forgetSecrets, IDEMPOTENCY_KEPT_MILLISECONDS } from "./api-keys/issuing.js";
import { ApiKeySecrets } from "./api-keys/secrets.js";
import { PasswordConfirmation } from "./credentials/confirm.js";
import { EmailChanges } from "./emails/changes.js";
import { tidyEmailTokens } from "./emails/email-tokens.js";
import { EmailsResolver } from "./emails/emails.resolver.js";
import { personalParts } from "./erasure/personal.js";
import { followChannel } from "./factors/channels.js";
import { tidyDevices } from "./factors/devices.js";
import { Factors } from "./factors/factors.js";
import { FactorsResolver, MfaResolver } from "./factors/factors.resolver.js";
import { FactorSecrets } from "./factors/secrets.js";
import { SigningKeys } from "./keys/keys.js";
import { PasswordsResolver } from "./passwords/passwords.resolver.js";
import { tidyResetRequests } from "./passwords/reset-requests.js";
import { PasswordResets } from "./passwords/resets.js";
import { SignInAttemptsResolver } from "./people/attempts.resolver.js";
import { deactivateFormerMember } from "./people/people.js";
import { PeopleResolver } from "./people/people.resolver.js";
import { accountsPersonalData } from "./personal-data.js";
import { registrationParts } from "./registration/parts.js";
import { completeRegistration } from "./registration/registrations.js";
import { SessionTokenIssuer } from "./sessions/issuer.js";
import { readRevocations } from "./sessions/revocations.js";
import { revoke, tidySessions } from "./sessions/sessions.js";
import { SessionsResolver } from "./sessions/sessions.resolver.js";
import { RefreshTokens } from "./sessions/tokens.js";
import { tidyChallenges } from "./sign-in/challenges.js";
import { Codes } from "./sign-in/codes.js";
import { PasswordHasher } from "./sign-in/hasher.js";
import { tidyAttempts } from "./sign-in/lockout.js";
import { SecondStep } from "./sign-in/second-step.js";
import { SignIn } from "./sign-in/sign-in.js";
import { SignInResolver } from "./sign-in/sign-in.resolver.js";
import { followClosing } from "./users/closing.js";
import { ProfileResolver } from "./users/profile.resolver.js";
import { SEARCH_STATEMENTS } from "./users/search.js";
import { applyGrant, usersById } from "./users/users.js";
import { UsersResolver } from "./users/users.resolver.js";

export { PasswordHasher } from "./sign-in/hasher.js";
export { type NewUser, seedUsers } from "./users/users.seed.js";

export interface AccountsOptions {
  /** Moves in tests. */
  clock?: () => Date;
  hasher?: PasswordHasher;
  /** Milliseconds that whoever registers waits for the membership at most. */
  patience?: number;
  /** Where people reach the gateway: links to files lead there. */
  publicUrl?: string;
}

/** The accounts subgraph: users, sign-in, sessions and the keys of their tokens. */
export const accountsSubgraph = (options: AccountsOptions = {}): SubgraphDefinition => ({
  name: "accounts",
  migrations: fileURLToPath(new URL("../../../drizzle/accounts", import.meta.url)),
  personalData: accountsPersonalData,
  laws: {
    tables: {
      signing_key: "system",
      authenticator: "system",
      code_channel: "open",
      revocation: "queue",
      open_invitation: "system",
      registration: "system",
      registration_request: "system",
      email_token: "system",
      reset_request: "system",
      sign_up: "system",
    },
    searched: ["user"],
    statements: SEARCH_STATEMENTS,
  },
  parts: (kit) => partsOf(kit, options),
});

const partsOf = (kit: SubgraphKit, options: AccountsOptions): SubgraphParts => {
  const { database, masterSecret, sealer } = kit;
  const clock = options.clock ?? (() => new Date());
  const hasher = options.hasher ?? new PasswordHasher();
  const keys = new SigningKeys(database, masterSecret);
  const tokens = new RefreshTokens(masterSecret);
  const issuer = new SessionTokenIssuer(database, keys, tokens, clock);
  const factorSecrets = new FactorSecrets(masterSecret);
  const steps = { database, codes: new Codes(masterSecret), sealer, tokens, clock, newId: () => newEventId() };
  const signIn = new SignIn({ ...steps, hasher });
  const secondStep = new SecondStep({ ...steps, factors: factorSecrets });
  const confirmation = new PasswordConfirmation({ database, hasher });
  const factors = new Factors({ database, confirmation, secrets: factorSecrets, clock });
  const passwordTools = { database, hasher, confirmation, sealer, clock };
  const resets = new PasswordResets(passwordTools);
  const emailChanges = new EmailChanges(passwordTools);
  const personal = personalParts(kit, options.publicUrl ?? "http://localhost", clock);
  const registration = registrationParts(kit, { hasher, tokens, issuer, clock, patience: options.patience });
  const rotateKeys = () => keys.rotate();
  return {
    resolvers: [
      new UsersResolver(),
      new ProfileResolver(),
      new PasswordsResolver(passwordTools, resets),
      new EmailsResolver(emailChanges, [
        (origin, token) => emailChanges.confirm(origin, token),
        (origin, token) => registration.signingUp.confirm(origin, token),
      ]),
      new SessionsResolver(clock),
      new SignInResolver(signIn, secondStep, issuer),
      registration.resolver,
      new FactorsResolver(factors),
      new MfaResolver(),
      new ApiKeysResolver(masterSecret, clock),
      new PeopleResolver(clock),
      new SignInAttemptsResolver(),
      ...personal.resolvers,
    ],
    references: { User: ({ id }, context) => context.loader(usersById).load(id) },
    handlers: {
      ...personal.handlers,
      ...registration.handlers,
      "passwordReset.requested": (tx, event) => resets.send(tx, event),
      "codeChannel.changed": followChannel,
      "member.changed": async (tx, event) => {
        const change = event.payload as MemberChange; // of the catalogue of events
        await completeRegistration(tx, change, clock());
        const isNews = await applyGrant(tx, change, event.aggregateVersion);
        if (!isNews) return;
        await revoke(tx, [{ userId: change.userId, permissionsVersion: event.aggregateVersion }]);
        await outdateKeysOf(tx, change.userId);
        if (change.permissions.length === 0) await deactivateFormerMember(tx, change.userId, clock());
      },
    },
    onTenancyChange: (tx, changes) => followClosing(tx, changes, clock()),
    onEvent: registration.onEvent,
    jobs: [
      ...registration.jobs,
      ...personal.jobs,
      { name: "rotate-signing-keys", schedule: "29 3 * * *", run: rotateKeys },
      {
        name: "remove-old-sign-ins",
        schedule: "41 * * * *",
        run: () =>
          database.system("remove-old-sign-ins", async (tx) => {
            await tidyChallenges(tx);
            await tidyAttempts(tx);
            await tidyDevices(tx);
            await tidySessions(tx);
            await tidyEmailTokens(tx, clock());
            await tidyResetRequests(tx, clock());
          }),
      },
      {
        name: "end-replaced-api-key-secrets",
        schedule: "* * * * *",
        run: () => database.system("end-replaced-api-key-secrets", (tx) => endOverlaps(tx, clock())),
      },
      {
        name: "forget-idempotency-keys",
        schedule: "17 * * * *",
        run: () =>
          database.system("forget-idempotency-keys", async (tx) => {
            await forgetSecrets(tx, clock());
            await forgetKeys(tx, new Date(clock().getTime() - IDEMPOTENCY_KEPT_MILLISECONDS));
          }),
      },
    ],
    workers: [{ name: "signing keys", start: rotateKeys, stop: async () => undefined }],
    routes: [jwksRoute(keys), ...personal.routes],
  };
};

const jwksRoute = (keys: SigningKeys): PassThroughRoute => ({
  method: "GET",
  path: "/.well-known/jwks.json",
  handle: async () => ({
    status: 200,
    headers: { "content-type": "application/jwk-set+json", "cache-control": "public, max-age=300" },
    body: JSON.stringify(await keys.jwks()),
  }),
});

/** What the gateway needs to know who asks, in process. @param clock moves in tests */
export const identityOf = (
  accounts: Subgraph,
  masterSecret: string,
  clock: () => Date = () => new Date(),
): IdentitySource => {
  const keys = new SigningKeys(accounts.database, masterSecret);
  const secrets = new ApiKeySecrets(masterSecret);
  const desk = new ApiKeyDesk(accounts.database, secrets, keys, clock);
  return {
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
    jwks: () => keys.jwks(),
    revocations: (after) => accounts.database.system("revocations", (tx) => readRevocations(tx, after)),
    exchangeApiKey: (shown) => desk.exchange(shown),
  };
};

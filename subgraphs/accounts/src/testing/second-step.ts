import { randomUUID } from "node:crypto";
import type { DeliveredEvent, RequestCaller } from "@tollgate/kit/protocol";
import { until } from "@tollgate/kit/testing";
import { codeAt, stepAt } from "../factors/totp.js";
import type { UserRow } from "../users/users.js";
import {
  type Answer,
  as,
  graph,
  mails,
  mailTo,
  now,
  PASSWORD,
  run,
  secretOf,
  stranger,
  told,
  tree,
} from "./credentials.js";

const CHALLENGE =
  "id channel destination attemptsLeft resendsLeft availableChannels mayRememberDevice rememberDeviceDays expiresAt";
const PROBLEM = `... on Problem { code message } ... on RateLimitedProblem { retryAfterSeconds }`;
const SIGNED_IN = "... on SignedIn { userId sessionId }";
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ${SIGNED_IN} ... on Challenge { ${CHALLENGE} } ${PROBLEM} } }`;
const VERIFY = `mutation ($input: VerifyChallengeInput!) { verifyChallenge(input: $input) { __typename ${SIGNED_IN} ${PROBLEM}
  ... on InvalidCodeProblem { attemptsLeft } ... on ExpiredCodeProblem { resendsLeft } } }`;
const RESEND = `mutation ($input: ResendChallengeInput!) { resendChallenge(input: $input) { __typename ... on Challenge { ${CHALLENGE} } ${PROBLEM} } }`;
const MFA = "mfa { enabled channel requiredByOrganisation recoveryCodesLeft availableChannels }";
const CONFIGURE = `mutation ($input: ConfigureMfaInput!) { configureMfa(input: $input) { __typename ... on User { ${MFA} } ${PROBLEM}
  ... on ForbiddenProblem { reason } ... on InvalidInputProblem { fields { path reason } } } }`;
const START = `mutation ($password: String!) { startAuthenticator(input: { password: $password }) { __typename
  ... on AuthenticatorSetup { secret otpauthUrl expiresAt } ${PROBLEM} } }`;
const CONFIRM = `mutation ($code: String!) { confirmAuthenticator(input: { code: $code }) { __typename ... on RecoveryCodes { codes } ${PROBLEM}
  ... on InvalidCodeProblem { attemptsLeft } } }`;
const RENEW = `mutation ($password: String!) { renewRecoveryCodes(input: { password: $password }) { __typename ... on RecoveryCodes { codes } ${PROBLEM} } }`;

export type ChallengeAnswer = Answer & { id: string; channel: string; availableChannels: string[] };

export const signIn = (person: UserRow, password = PASSWORD, caller?: RequestCaller) =>
  run(SIGN_IN, { input: { email: person.email, password } }, caller) as Promise<ChallengeAnswer>; // as the document asks
export const verify = (challengeId: string, proof: Record<string, unknown>, caller?: RequestCaller) =>
  run(VERIFY, { input: { challengeId, ...proof } }, caller);
export const resend = (challengeId: string, channel: string | null = null) =>
  run(RESEND, { input: { challengeId, ...(channel && { channel }) } }) as Promise<ChallengeAnswer>; // as the document asks

/** The whole answer, with what the gateway alone is told. */
export const verifyWhole = (challengeId: string, proof: Record<string, unknown>, caller = stranger()) =>
  graph.execute(VERIFY, { input: { challengeId, ...proof } }, caller);

export const configure = (person: UserRow, enabled: boolean, channel: string, password = PASSWORD) =>
  run(CONFIGURE, { input: { enabled, channel, password } }, as(person));
export const startAuthenticator = (person: UserRow, password = PASSWORD) => run(START, { password }, as(person));
export const confirmAuthenticator = (person: UserRow, code: string) => run(CONFIRM, { code }, as(person));
export const renewRecoveryCodes = (person: UserRow, password = PASSWORD) => run(RENEW, { password }, as(person));
export const factorOf = async (person: UserRow) => {
  const { data } = await graph.execute(`{ me { ${MFA} } }`, {}, as(person));
  return (data?.["me"] as { mfa: unknown } | null)?.mfa;
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an app makes of the secret that it was told, `steps` of 30 seconds from now. */
export const appCode = (secret: string, steps = 0): string => {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return codeAt(Uint8Array.from(bytes), stepAt(now()) + steps);
};

/** A code that is wrong, whatever the right one is. */
export const wrong = (right: string): string => ((Number(right) + 1) % 1_000_000).toString().padStart(6, "0");

/** Somebody's app in use, with the current code used up: the next one is good, also when the step ends in between. */
export const withAuthenticator = async (person: UserRow): Promise<{ secret: string; codes: string[] }> => {
  const secret = String((await startAuthenticator(person))["secret"]);
  const { codes } = (await confirmAuthenticator(person, appCode(secret))) as Answer & { codes: string[] };
  return { secret, codes };
};

/** The code in the newest mail to somebody; `seen` were there before. */
export const mailedCode = async (person: UserRow, seen = 0) =>
  secretOf(await mailTo(person.email, "SIGN_IN_CODE", seen));
export const mailsTo = (person: UserRow) =>
  mails.filter(({ payload }) => payload.kind === "SIGN_IN_CODE" && payload.to === person.email).length;

/** The newest code that was asked to be sent by WhatsApp. */
export const whatsAppCode = async (person: UserRow, seen = 0): Promise<{ event: DeliveredEvent; code: string }> => {
  const those = () =>
    told.filter(({ type, aggregateId }) => type === "signInCode.requested" && aggregateId === person.id);
  await until(() => those().length > seen);
  const event = those().at(-1);
  if (!event) throw new Error("there is none");
  return { event, code: secretOf(event) };
};

let version = 0n;
const receive = (type: string, aggregateId: string, payload: unknown) => {
  version += 1n;
  const event = { id: randomUUID(), type, aggregateId, aggregateVersion: version, organisationId: aggregateId };
  return graph.subgraph.inbox.receive({ ...event, occurredAt: new Date(), payload, sealed: null });
};

/** What messaging tells of the operator's session. */
export const whatsAppIs = (isReady: boolean) =>
  receive("codeChannel.changed", tree.operator, { channel: "WHATSAPP", isReady });

/** What organisations tell of a setting; null takes it away. */
export const set = (key: string, value: boolean | number | null, organisationId = tree.customer) =>
  receive("setting.changed", organisationId, {
    organisationId,
    key,
    isSet: value !== null,
    value,
    keyId: null,
    version: `${version + 1n}`,
    changedAt: new Date(),
    changedBy: null,
  });

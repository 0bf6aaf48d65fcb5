import type { MfaChannel } from "../gql/graphql.js";

/** How codes come, as a person would say it. */
export const BY_CHANNEL: Record<MfaChannel, string> = {
  EMAIL: "by e-mail",
  WHATSAPP: "by WhatsApp",
  AUTHENTICATOR: "from your authenticator app",
};

export const CHANNEL_NAMES: Record<MfaChannel, string> = {
  EMAIL: "E-mail",
  WHATSAPP: "WhatsApp",
  AUTHENTICATOR: "Authenticator app",
};

/** Groups of four, as people copy it into an app. */
export function spaced(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

/** What the file of recovery codes says. */
export function recoveryFile(codes: readonly string[], email: string | null, at: Date): string {
  return [
    `Tollgate recovery codes${email ? ` of ${email}` : ""}`,
    `Made on ${at.toISOString().slice(0, 10)}. Each works once, in place of a code at sign-in.`,
    "",
    ...codes,
    "",
  ].join("\n");
}

/** How many codes are left, and whether that is a reason to make new ones. */
export function codesLeftWords(left: number): string {
  if (left === 0) return "You have no recovery codes.";
  return left === 1 ? "One recovery code is left." : `${left} recovery codes are left.`;
}

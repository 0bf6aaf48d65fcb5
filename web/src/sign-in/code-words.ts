import type { ChallengeStepFragment, MfaChannel } from "../gql/graphql.js";

/** Where the code is, in a sentence. */
export function whereIsTheCode({
  channel,
  destination,
}: Pick<ChallengeStepFragment, "channel" | "destination">): string {
  if (channel === "AUTHENTICATOR") return "Open your authenticator app for the 6-digit code.";
  const to = destination ? ` to ${destination}` : "";
  return `We sent a 6-digit code by ${channel === "WHATSAPP" ? "WhatsApp" : "e-mail"}${to}.`;
}

const SEND_BY: Record<MfaChannel, string> = {
  EMAIL: "Send it by e-mail instead",
  WHATSAPP: "Send it by WhatsApp instead",
  AUTHENTICATOR: "Use the authenticator app instead",
};

/** The other ways that a code can come, with the words of their buttons. */
export function otherWays({
  channel,
  availableChannels,
}: Pick<ChallengeStepFragment, "channel" | "availableChannels">) {
  return availableChannels
    .filter((other) => other !== channel)
    .map((other) => ({ channel: other, words: SEND_BY[other] }));
}

/** The letters and digits of a recovery code as it was typed or pasted, in the form that it is printed in. */
export function recoveryCode(typed: string): string {
  const plain = typed
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, 10);
  return plain.length > 5 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain;
}

export const RECOVERY_LENGTH = 11;

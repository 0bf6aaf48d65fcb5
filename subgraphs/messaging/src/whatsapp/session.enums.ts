import { graphEnum } from "@tollgate/kit/graphql";
import type { DriverName, FailureReason, SessionStatus } from "./session.schema.js";

export const WhatsAppDriver: { [Key in DriverName]: Key } = graphEnum(
  "WhatsAppDriver",
  "CLOUD (Meta's own API) is recommended; BAILEYS is unofficial and may get a number banned; SIMULATED needs nothing.",
  "BAILEYS",
  "CLOUD",
  "SIMULATED",
);

export const WhatsAppStatus: { [Key in SessionStatus]: Key } = graphEnum(
  "WhatsAppStatus",
  "As WhatsAppState, for lists.",
  "DISCONNECTED",
  "CONNECTING",
  "QR_READY",
  "PAIRING_CODE_READY",
  "CONNECTED",
  "RECONNECTING",
  "LOGGED_OUT",
  "FAILED",
);

export const WhatsAppFailureReason: { [Key in FailureReason]: Key } = graphEnum(
  "WhatsAppFailureReason",
  "REPLACED: another device took over. NUMBER_RESTRICTED: WhatsApp's 463.",
  "PAIRING_UNUSED",
  "PAIRING_REFUSED",
  "BAD_SESSION",
  "FORBIDDEN",
  "REPLACED",
  "NUMBER_RESTRICTED",
  "PROTOCOL",
  "CREDENTIALS",
  "ORGANISATION_SUSPENDED",
);

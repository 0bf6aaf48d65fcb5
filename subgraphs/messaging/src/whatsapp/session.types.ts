import {
  ConflictProblem,
  createUnionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  PhoneNumberScalar,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { PhoneNumberProblem, WhatsAppProblem } from "./problems.js";
import { WhatsAppDriver, WhatsAppFailureReason, WhatsAppStatus } from "./session.enums.js";
import type { DriverName, FailureReason, SessionRow, SessionStatus } from "./session.schema.js";

@Directive('@requiresScopes(scopes: [["whatsapp:read"]])')
@ObjectType({ description: "One paired phone or Cloud API number." })
export class WhatsAppSession {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => WhatsAppDriver)
  driver: DriverName;

  @Field(() => PhoneNumberScalar, { nullable: true })
  phone: string | null;

  @Field(() => WhatsAppStatus)
  status: SessionStatus;

  @Field(() => DateTime)
  statusChangedAt: Date;

  @Field(() => WhatsAppFailureReason, { nullable: true })
  failureReason: FailureReason | null;

  @Field(() => DateTime, { nullable: true })
  connectedAt: Date | null;

  @Field(() => DateTime)
  createdAt: Date;
}

@ObjectType({ description: "enabled is false when WhatsApp is switched off or the organisation is suspended." })
export class WhatsApp {
  organisationId: string;

  @Field(() => Int)
  sessionLimit: number;
}

/** What every state carries; the session's own fields are guarded by its type. */
@ObjectType()
abstract class OfSession {
  @Field(() => WhatsAppSession)
  session: SessionRow;
}

@ObjectType({ description: "Not connected; connect or pair." })
export class WhatsAppDisconnected extends OfSession {
  @Field(() => DateTime)
  since: Date;
}

@ObjectType({ description: "On its way." })
export class WhatsAppConnecting extends OfSession {
  @Field(() => DateTime)
  since: Date;
}

@Directive('@requiresScopes(scopes: [["whatsapp:manage"]])')
@ObjectType({
  description: "qr is the text to draw; a new event brings the next one, attempt of attempts, then the session stops.",
})
export class WhatsAppQrReady extends OfSession {
  @Field(() => String)
  qr: string;

  @Field(() => DateTime)
  expiresAt: Date;

  @Field(() => Int)
  attempt: number;

  @Field(() => Int)
  attempts: number;
}

@Directive('@requiresScopes(scopes: [["whatsapp:manage"]])')
@ObjectType({ description: "Eight characters to type on the phone." })
export class WhatsAppPairingCodeReady extends OfSession {
  @Field(() => String)
  code: string;

  @Field(() => DateTime)
  expiresAt: Date;
}

@ObjectType({ description: "Ready to send; no code remains anywhere." })
export class WhatsAppConnected extends OfSession {
  @Field(() => PhoneNumberScalar)
  phone: string;

  @Field(() => DateTime)
  since: Date;
}

@ObjectType({ description: "Lost; the next attempt is planned." })
export class WhatsAppReconnecting extends OfSession {
  @Field(() => Int)
  attempt: number;

  @Field(() => DateTime)
  nextAttemptAt: Date;
}

@ObjectType({ description: "Unpaired on the phone or here." })
export class WhatsAppLoggedOut extends OfSession {
  @Field(() => DateTime)
  at: Date;
}

@ObjectType({ description: "Stopped; no automatic retry." })
export class WhatsAppFailed extends OfSession {
  @Field(() => WhatsAppFailureReason)
  reason: FailureReason;

  @Field(() => String)
  message: string;

  @Field(() => DateTime)
  at: Date;
}

const STATES = [
  WhatsAppDisconnected,
  WhatsAppConnecting,
  WhatsAppQrReady,
  WhatsAppPairingCodeReady,
  WhatsAppConnected,
  WhatsAppReconnecting,
  WhatsAppLoggedOut,
  WhatsAppFailed,
] as const;

export const WhatsAppState = createUnionType({
  name: "WhatsAppState",
  description: "One type per status, so that a screen has exactly what it shows.",
  types: () => STATES,
  resolveType: (value) => STATES.find((type) => value instanceof type)?.name,
});

const made = <T extends object>(type: new () => T, values: Omit<T, never>): T => Object.assign(new type(), values);

/**
 * The state that a session shows.
 * @param code as it may be used now; null where there is none, or for whoever may not see it.
 */
export const stateOf = (session: SessionRow, code: string | null): object => {
  const { status, statusChangedAt: since, codeExpiresAt, attempt, attempts, failureReason, phone } = session;
  const expiresAt = codeExpiresAt ?? since;
  if (status === "DISCONNECTED") return made(WhatsAppDisconnected, { session, since });
  if (status === "CONNECTING") return made(WhatsAppConnecting, { session, since });
  if (status === "QR_READY") return made(WhatsAppQrReady, { session, qr: code ?? "", expiresAt, attempt, attempts });
  if (status === "PAIRING_CODE_READY") return made(WhatsAppPairingCodeReady, { session, code: code ?? "", expiresAt });
  if (status === "CONNECTED") return made(WhatsAppConnected, { session, phone: phone ?? "", since });
  if (status === "RECONNECTING") {
    return made(WhatsAppReconnecting, { session, attempt, nextAttemptAt: session.nextAttemptAt ?? since });
  }
  if (status === "LOGGED_OUT") return made(WhatsAppLoggedOut, { session, at: since });
  const message = session.failureMessage ?? "It stopped.";
  return made(WhatsAppFailed, { session, reason: failureReason ?? "PROTOCOL", message, at: since });
};

export const WhatsAppSessionResult = resultUnion(
  "WhatsAppSessionResult",
  [WhatsAppSession],
  [
    WhatsAppProblem,
    PhoneNumberProblem,
    NotFoundProblem,
    ForbiddenProblem,
    ConflictProblem,
    InvalidInputProblem,
    RateLimitedProblem,
  ],
);

@InputType()
export class CreateWhatsAppSessionInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => String)
  name: string;

  @Field(() => WhatsAppDriver)
  driver: DriverName;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  riskAccepted?: boolean | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType({ description: "With phone a pairing code (120 s), without it QR codes (60 s)." })
export class PairWhatsAppInput {
  @Field(() => ID)
  sessionId: string;

  @Field(() => PhoneNumberScalar, { nullable: true })
  phone?: string | null;
}

@InputType()
abstract class SessionInput {
  @Field(() => ID)
  sessionId: string;
}

@InputType()
export class ConnectWhatsAppInput extends SessionInput {}

@InputType()
export class DisconnectWhatsAppInput extends SessionInput {}

@InputType()
export class LogOutWhatsAppInput extends SessionInput {}

@InputType()
export class RemoveWhatsAppSessionInput extends SessionInput {}

@InputType()
export class ScanWithSimulatedPhoneInput extends SessionInput {
  @Field(() => String)
  code: string;
}

import type { Fault } from "@tollgate/kit";
import { Field, graphEnum, ObjectType, Problem, ProblemFault } from "@tollgate/kit/graphql";
import { WhatsAppFailureReason, WhatsAppStatus } from "./session.enums.js";
import type { FailureReason, SessionStatus } from "./session.schema.js";

export const PhoneNumberReason = graphEnum(
  "PhoneNumberReason",
  "What is wrong with a number.",
  "NOT_E164",
  "TOO_SHORT",
  "TOO_LONG",
  "UNKNOWN_COUNTRY",
  "NOT_ON_WHATSAPP",
);

@ObjectType({ implements: Problem, description: "Not a number one can write to (INVALID_INPUT)." })
export class PhoneNumberProblem extends Problem {
  @Field(() => PhoneNumberReason)
  reason: keyof typeof PhoneNumberReason;
}

@ObjectType({
  implements: Problem,
  description: "No connected session, or the driver refused (UNAVAILABLE or CONFLICT).",
})
export class WhatsAppProblem extends Problem {
  @Field(() => WhatsAppStatus)
  status: SessionStatus;

  @Field(() => WhatsAppFailureReason, { nullable: true })
  reason: FailureReason | null;
}

/** Not a number one can write to. */
export class PhoneNumberFault extends ProblemFault {
  constructor(
    readonly reason: PhoneNumberProblem["reason"],
    message: string,
  ) {
    super("INVALID_INPUT", message);
  }

  problem(): PhoneNumberProblem {
    const { code, message, reason } = this;
    return Object.assign(new PhoneNumberProblem(), { code, message, reason });
  }
}

/** The session is in no state for what was asked. */
export class WhatsAppFault extends ProblemFault {
  constructor(
    code: Extract<Fault["code"], "UNAVAILABLE" | "CONFLICT">,
    message: string,
    private readonly session: { status: SessionStatus; failureReason: FailureReason | null },
  ) {
    super(code, message);
  }

  problem(): WhatsAppProblem {
    const { code, message, session } = this;
    const values = { code, message, status: session.status, reason: session.failureReason };
    return Object.assign(new WhatsAppProblem(), values);
  }
}

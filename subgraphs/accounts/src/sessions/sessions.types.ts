import {
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  Int,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";

@Directive("@authenticated")
@ObjectType({ description: "A sign-in on one device; ends with its refresh token (7 days after last use)." })
export class Session {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  device: string;

  @Field(() => String)
  address: string;

  @Field(() => String)
  userAgent: string;

  @Field(() => DateTime)
  startedAt: Date;

  @Field(() => DateTime)
  lastSeenAt: Date;

  @Field(() => DateTime)
  expiresAt: Date;
}

@ObjectType({ description: "How many sessions ended." })
export class SessionsEnded {
  @Field(() => Int)
  count: number;
}

export const EndSessionsResult = resultUnion("EndSessionsResult", [SessionsEnded], [NotFoundProblem, ForbiddenProblem]);

@InputType()
export class EndSessionInput {
  @Field(() => ID)
  sessionId: string;
}

@InputType({ description: "userId is oneself when left out; keepCurrent keeps the session of this request." })
export class EndAllSessionsInput {
  @Field(() => ID, { nullable: true })
  userId?: string;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  keepCurrent?: boolean;
}

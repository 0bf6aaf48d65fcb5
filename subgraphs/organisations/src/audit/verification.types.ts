import {
  DateTime,
  Field,
  ID,
  InputType,
  Int,
  NotFoundProblem,
  ObjectType,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";

@ObjectType({
  description:
    "firstBrokenEntryId is where the chain stops to hold; missingTail counts entries that an anchor promises and the trail lacks.",
})
export class AuditVerification {
  @Field(() => Boolean)
  intact: boolean;

  @Field(() => Int)
  entriesChecked: number;

  @Field(() => ID, { nullable: true })
  firstBrokenEntryId: string | null;

  @Field(() => Int)
  missingTail: number;

  @Field(() => DateTime)
  checkedAt: Date;
}

export const VerifyAuditTrailResult = resultUnion(
  "VerifyAuditTrailResult",
  [AuditVerification],
  [NotFoundProblem, RateLimitedProblem],
);

@InputType()
export class VerifyAuditTrailInput {
  @Field(() => ID)
  organisationId: string;
}

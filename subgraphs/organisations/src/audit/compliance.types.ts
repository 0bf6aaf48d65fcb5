import { DateTime, Field, Int, ObjectType } from "@tollgate/kit/graphql";
import { AuditEntry } from "./audit.types.js";

@ObjectType({ description: "Points taken off, and why." })
export class ScoreReason {
  @Field(() => Int)
  points: number;

  @Field(() => String)
  reason: string;
}

@ObjectType({ description: "What one person did in the period." })
export class PersonActivity {
  userId: string;

  @Field(() => Int)
  mutations: number;

  @Field(() => Int)
  refusals: number;

  @Field(() => DateTime, { nullable: true })
  lastActiveAt: Date | null;
}

@ObjectType({ description: "score is 0-100; reasons explain every point taken off." })
export class ComplianceReport {
  organisationId: string;

  @Field(() => DateTime)
  from: Date;

  @Field(() => DateTime)
  to: Date;

  @Field(() => Int)
  score: number;

  @Field(() => [ScoreReason])
  reasons: ScoreReason[];

  @Field(() => [String])
  recommendations: string[];

  @Field(() => [PersonActivity])
  activity: PersonActivity[];

  @Field(() => [AuditEntry])
  securityEvents: object[];

  @Field(() => Int)
  dataAccesses: number;
}

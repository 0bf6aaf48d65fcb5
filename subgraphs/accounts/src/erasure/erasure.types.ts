import {
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import { User } from "../users/users.types.js";

export const ErasureSubject = graphEnum("ErasureSubject", "Whose data is erased.", "USER", "ORGANISATION");

@ObjectType({ description: "One of the five subgraphs has erased what it kept." })
export class ErasureConfirmation {
  @Field(() => String)
  subgraph: string;

  @Field(() => Int, { description: "Rows that were changed or removed there." })
  rows: number;

  @Field(() => DateTime)
  at: Date;
}

@Directive('@requiresScopes(scopes: [["user:erase"]])')
@ObjectType({ description: "An erasure, done when all five subgraphs have confirmed it." })
export class Erasure {
  @Field(() => ID)
  id: string;

  @Field(() => ErasureSubject)
  subject: keyof typeof ErasureSubject;

  @Field(() => ID, { description: "Of the person or the organisation." })
  subjectId: string;

  @Field(() => String)
  reason: string;

  @Field(() => DateTime)
  requestedAt: Date;

  @Field(() => DateTime, { nullable: true })
  completedAt: Date | null;
}

export const ErasureConnection = connectionType("Erasure", () => Erasure, { totalCount: false });

@InputType()
export class EraseUserInput {
  @Field(() => ID)
  userId: string;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

export const EraseUserResult = resultUnion("EraseUserResult", [User], [NotFoundProblem, ForbiddenProblem]);

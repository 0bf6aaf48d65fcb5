import { Field, ObjectType, Problem, ProblemFault } from "@tollgate/kit/graphql";

@ObjectType({
  implements: Problem,
  description: "Granting roles would exceed the caller's own permissions, or it is the last owner (FORBIDDEN).",
})
export class RoleRefusedProblem extends Problem {
  @Field(() => [String])
  missingPermissions: string[];

  @Field(() => Boolean)
  isLastOwner: boolean;
}

/** Nobody gives what he does not hold, and an organisation keeps its last owner. */
export class RoleRefusedFault extends ProblemFault {
  /** @param missingPermissions sorted keys that the caller would have to hold; empty for the last owner. */
  constructor(
    message: string,
    private readonly missingPermissions: readonly string[],
    private readonly isLastOwner = false,
  ) {
    super("FORBIDDEN", message);
  }

  problem(): RoleRefusedProblem {
    const { code, message, missingPermissions, isLastOwner } = this;
    return Object.assign(new RoleRefusedProblem(), {
      code,
      message,
      missingPermissions: [...missingPermissions],
      isLastOwner,
    });
  }
}

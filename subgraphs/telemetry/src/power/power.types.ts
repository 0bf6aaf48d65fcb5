import {
  ConflictProblem,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  Problem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { LabelInput, Vm } from "../machines/machine.types.js";
import type { PowerOutcome, Refusal } from "./power.js";

@ObjectType({
  implements: Problem,
  description: "The organisation cannot pay for it (INSUFFICIENT_FUNDS); ask organisation.wallet for the amounts.",
})
export class OutOfFundsProblem extends Problem {
  @Field(() => Organisation, { nullable: true })
  organisation: Organisation | null;
}

@ObjectType({ description: "What happened to one machine." })
export class VmPowerOutcome {
  @Field(() => ID)
  vmId: string;

  @Field(() => Problem, { nullable: true })
  problem: Problem | null;
}

@ObjectType({
  description: "One outcome per machine asked, in the order asked; problem is null on success.",
})
export class VmPowerOutcomes {
  @Field(() => [VmPowerOutcome])
  outcomes: VmPowerOutcome[];
}

const problemOf = (vmId: string, refusal: Refusal): Problem => {
  if (refusal.kind === "NOT_FOUND") {
    const values = { code: "NOT_FOUND" as const, message: "There is no such vm.", id: vmId };
    return Object.assign(new NotFoundProblem(), values);
  }
  if (refusal.kind === "FORBIDDEN") {
    const { message, reason } = refusal;
    return Object.assign(new ForbiddenProblem(), { code: "FORBIDDEN" as const, message, reason, permission: null });
  }
  if (refusal.kind === "OUT_OF_FUNDS") {
    const { message, organisationId } = refusal;
    const values = { code: "INSUFFICIENT_FUNDS" as const, message, organisation: { id: organisationId } };
    return Object.assign(new OutOfFundsProblem(), values);
  }
  const { message } = refusal;
  return Object.assign(new ConflictProblem(), { code: "CONFLICT" as const, message, conflictingId: null });
};

/** Outcomes as the graph shows them. */
export const shownOutcomes = (outcomes: readonly PowerOutcome[]): VmPowerOutcomes => ({
  outcomes: outcomes.map(({ vmId, refusal }) => ({ vmId, problem: refusal && problemOf(vmId, refusal) })),
});

export const VmPowerResult = resultUnion("VmPowerResult", [VmPowerOutcomes], [ConflictProblem, InvalidInputProblem]);
export const VmResult = resultUnion("VmResult", [Vm], [NotFoundProblem, InvalidInputProblem]);

@InputType()
export class StartVmsInput {
  @Field(() => [ID])
  vmIds: string[];

  @Field(() => String)
  idempotencyKey: string;
}

@InputType({ description: "force cuts the power instead of asking the guest." })
export class StopVmsInput extends StartVmsInput {
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  force?: boolean | null;
}

@InputType()
export class RebootVmsInput extends StartVmsInput {
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  force?: boolean | null;
}

@InputType()
export class DeleteVmsInput extends StartVmsInput {}

@InputType()
export class UpdateVmInput {
  @Field(() => ID)
  vmId: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => [LabelInput], { nullable: true })
  labels?: LabelInput[] | null;
}

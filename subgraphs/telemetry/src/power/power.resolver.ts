import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import type { PowerFunds } from "@tollgate/kit/protocol";
import type { Machine } from "../machines/machine.js";
import { Vm } from "../machines/machine.types.js";
import { machinesById } from "../machines/machines.js";
import { applyPower, MOST_MACHINES, machinesThatAreOff, type PowerAction, type Runway } from "./power.js";
import {
  DeleteVmsInput,
  RebootVmsInput,
  StartVmsInput,
  StopVmsInput,
  shownOutcomes,
  UpdateVmInput,
  VmPowerOutcome,
  VmPowerResult,
  VmResult,
} from "./power.types.js";
import { updateMachine } from "./update.js";

const SWITCHES = '@requiresScopes(scopes: [["vm:power"]])';
const PARTNER = '@tag(name: "partner")';

@Resolver(() => VmPowerOutcome)
export class PowerResolver {
  /**
   * @param switched called when the hypervisor has something to follow.
   * @param funds asked before machines start; null: only organisations that are known to be out of funds are refused.
   */
  constructor(
    private readonly clock: () => Date,
    private readonly switched: () => void,
    private readonly funds: PowerFunds | null,
  ) {}

  @Directive(SWITCHES)
  @Directive(PARTNER)
  @Mutation(() => VmPowerResult as never, {
    nullable: true,
    description:
      "Up to 100 machines, one outcome each. Asks for 24 hours of runway; refused for a SUSPENDED organisation.",
  })
  startVms(@Arg("input", () => StartVmsInput) input: StartVmsInput, @Ctx() context: OperationContext) {
    return this.apply("START", input, context);
  }

  @Directive(SWITCHES)
  @Directive(PARTNER)
  @Mutation(() => VmPowerResult as never, { nullable: true })
  stopVms(@Arg("input", () => StopVmsInput) input: StopVmsInput, @Ctx() context: OperationContext) {
    return this.apply("STOP", input, context);
  }

  @Directive(SWITCHES)
  @Directive(PARTNER)
  @Mutation(() => VmPowerResult as never, { nullable: true })
  rebootVms(@Arg("input", () => RebootVmsInput) input: RebootVmsInput, @Ctx() context: OperationContext) {
    return this.apply("REBOOT", input, context);
  }

  @Directive('@requiresScopes(scopes: [["vm:delete"]])')
  @Directive(PARTNER)
  @Mutation(() => VmPowerResult as never, { nullable: true, description: "For good, disks included." })
  deleteVms(@Arg("input", () => DeleteVmsInput) input: DeleteVmsInput, @Ctx() context: OperationContext) {
    return this.apply("DELETE", input, context);
  }

  @Directive('@requiresScopes(scopes: [["vm:update"]])')
  @Directive(PARTNER)
  @Mutation(() => VmResult as never, { nullable: true, description: "Name and labels." })
  updateVm(@Arg("input", () => UpdateVmInput) input: UpdateVmInput, @Ctx() context: OperationContext) {
    return outcome(VmResult, () => context.write((tx) => updateMachine(tx, input, this.clock())));
  }

  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { vmId }: VmPowerOutcome, @Ctx() context: OperationContext): Promise<Machine | null> {
    return context.loader(machinesById).load(vmId);
  }

  private apply(action: PowerAction, input: StartVmsInput & { force?: boolean | null }, context: OperationContext) {
    const { vmIds, idempotencyKey, force } = input;
    return outcome(VmPowerResult, async () => {
      const runway = action === "START" ? await this.runwayOf(vmIds, context) : null;
      const request = { action, vmIds, idempotencyKey, force: force ?? false, ...(runway && { runway }) };
      const outcomes = await context.write((tx) => applyPower(tx, request, this.clock()));
      this.switched();
      return shownOutcomes(outcomes);
    });
  }

  /** Asked outside of any transaction of ours: billing answers in one of its own. */
  private async runwayOf(vmIds: readonly string[], context: OperationContext): Promise<Runway | null> {
    if (!this.funds || vmIds.length > MOST_MACHINES) return null;
    const asked = await context.read((tx) => machinesThatAreOff(tx, vmIds));
    await context.finish();
    const refused = asked.length > 0 ? await this.funds.refused(asked) : [];
    return { asked: new Set(asked), refused: new Set(refused) };
  }
}

import { type Connection, homeOrganisation } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { countMachines, listMachines, type MachineListing } from "./list.js";
import type { Machine } from "./machine.js";
import { Vm, VmConnection, VmFilter, VmOrder } from "./machine.types.js";
import { machinesById, requireMachine, requireOrganisation } from "./machines.js";

@ArgsType()
class VmListArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first?: number;

  @Field(() => String, { nullable: true })
  after?: string;

  @Field(() => VmFilter, { nullable: true })
  filter?: VmFilter;

  @Field(() => VmOrder, { nullable: true })
  order?: VmOrder;
}

/** Both are fetched for all parents of the operation at once; counting only when somebody asks. */
const pageOf = async (
  context: OperationContext,
  organisationId: string,
  list: VmListArgs,
): Promise<Connection<Machine>> => {
  const listing: MachineListing = { ...list, organisationId };
  const page = await context.loader(listMachines).load(listing);
  if (!page) throw new Error("a listing without a page");
  return { ...page, count: async () => (await context.loader(countMachines).load(listing)) ?? 0 };
};

@Resolver(() => Vm)
export class MachineResolver {
  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@tag(name: "partner")')
  @Query(() => Vm, { nullable: true })
  async vm(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<Machine> {
    return requireMachine(id, await context.loader(machinesById).load(id));
  }

  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@tag(name: "partner")')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => VmConnection, { nullable: true, description: "Machines of the estate." })
  async vms(@Args(() => VmListArgs) list: VmListArgs, @Ctx() context: OperationContext) {
    const organisationId = list.filter?.organisationId ?? homeOrganisation(context.caller);
    await context.read((tx) => requireOrganisation(tx, organisationId));
    return pageOf(context, organisationId, list);
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() machine: Machine): Organisation {
    return { id: machine.organisationId };
  }
}

@Resolver(() => Organisation)
export class OrganisationMachinesResolver {
  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => VmConnection, { nullable: true, description: "Machines of the organisation and all below it." })
  vms(@Root() organisation: Organisation, @Args(() => VmListArgs) list: VmListArgs, @Ctx() context: OperationContext) {
    return pageOf(context, organisation.id, list);
  }
}

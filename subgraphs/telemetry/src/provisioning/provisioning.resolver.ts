import type { SubgraphKit } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  type OperationContext,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { Order } from "../entities.js";
import type { LiveHub } from "../live/hub.js";
import type { Machine } from "../machines/machine.js";
import { Vm } from "../machines/machine.types.js";
import { machinesById } from "../machines/machines.js";
import { provisioningsByOrder, watchProgress } from "./progress.js";
import type { ProvisioningRow } from "./provisioning.schema.js";
import { Provisioning, shownProvisioning } from "./provisioning.types.js";

const READS_ORDERS = '@requiresScopes(scopes: [["order:read"]])';

@Resolver(() => Provisioning)
export class ProvisioningResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly hub: LiveHub,
  ) {}

  @Directive(READS_ORDERS)
  @Directive('@tag(name: "partner")')
  @Directive('@tag(name: "newest-wins")')
  @Subscription(() => Provisioning, {
    description: "From placed to running or failed; completes then. Newest wins.",
    subscribe: ({ args, context }: SubscribeArguments<{ orderId: string }>) =>
      context.resolver(ProvisioningResolver).progress(context, args.orderId),
  })
  provisioningProgress(@Root() row: ProvisioningRow, @Arg("orderId", () => ID) _orderId: string): Provisioning {
    return shownProvisioning(row);
  }

  progress(context: OperationContext, orderId: string) {
    return watchProgress(this.kit, this.hub, context.caller, orderId);
  }

  @FieldResolver(() => Order, { nullable: true })
  order(@Root() { row }: Provisioning): Order {
    return { id: row.orderId };
  }

  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { row }: Provisioning, @Ctx() context: OperationContext): Promise<Machine | null> | null {
    return row.vmId ? context.loader(machinesById).load(row.vmId) : null;
  }
}

@Resolver(() => Order)
export class OrderProvisioningResolver {
  @Directive(READS_ORDERS)
  @FieldResolver(() => Provisioning, { nullable: true, description: "Null for an order of items." })
  async provisioning(@Root() { id }: Order, @Ctx() context: OperationContext): Promise<Provisioning | null> {
    const row = await context.loader(provisioningsByOrder).load(id);
    return row && shownProvisioning(row);
  }
}

@Resolver(() => Vm)
export class MachineOrderResolver {
  @FieldResolver(() => Order, { nullable: true })
  order(@Root() { orderId }: Machine): Order | null {
    return orderId === null ? null : { id: orderId };
  }
}

import {
  BigIntScalar,
  connectionType,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  ObjectType,
  OrderDirection,
  StorageClass,
} from "@tollgate/kit/graphql";
import type { MachineOrder, MachineOrderBy } from "./list.js";
import type { Disk as DiskValue, VmState as State } from "./machine.js";

export const VmState = graphEnum(
  "VmState",
  "SUSPENDED: stopped for want of money or because the organisation is; resumes by itself.",
  "PROVISIONING",
  "RUNNING",
  "STOPPED",
  "SUSPENDED",
  "FAILED",
  "DELETED",
);

@ObjectType({ description: "A disk as it is." })
export class Disk {
  @Field(() => String)
  name: string;

  @Field(() => BigIntScalar)
  sizeBytes: bigint;

  @Field(() => StorageClass)
  storage: DiskValue["storage"];
}

@ObjectType({ description: "A key and value the customer chose." })
export class Label {
  @Field(() => String)
  key: string;

  @Field(() => String)
  value: string;
}

@InputType()
export class LabelInput {
  @Field(() => String)
  key: string;

  @Field(() => String)
  value: string;
}

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["vm:read"]])')
@ObjectType({ description: "A virtual machine." })
export class Vm {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => VmState)
  state: State;

  @Field(() => String, { nullable: true })
  stateReason: string | null;

  @Field(() => DateTime)
  stateChangedAt: Date;

  @Field(() => String)
  image: string;

  @Field(() => Int)
  vcpus: number;

  @Field(() => BigIntScalar)
  memoryBytes: bigint;

  @Field(() => [Disk])
  disks: readonly Disk[];

  @Field(() => [String])
  addresses: readonly string[];

  @Field(() => [Label])
  labels: readonly Label[];

  @Field(() => [String], { description: "What sources call it (mapSeries)." })
  externalIds: readonly string[];

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true })
  startedAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  deletedAt: Date | null;
}

@InputType({ description: "search matches name, address and label by part." })
export class VmFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [ID], { nullable: true })
  ids?: string[] | null;

  @Field(() => [VmState], { nullable: true })
  state?: State[] | null;

  @Field(() => String, { nullable: true })
  search?: string | null;

  @Field(() => [LabelInput], { nullable: true })
  labels?: LabelInput[] | null;
}

const VmOrderBy = graphEnum(
  "VmOrderBy",
  "What machines are sorted by.",
  "NAME",
  "STATE",
  "CREATED_AT",
  "CPU",
  "MEMORY",
  "HEALTH",
);

@InputType()
export class VmOrder implements MachineOrder {
  @Field(() => VmOrderBy)
  by: MachineOrderBy;

  @Field(() => OrderDirection)
  direction: "ASCENDING" | "DESCENDING";
}

export const VmConnection = connectionType("Vm", () => Vm, { totalCount: true });

@ObjectType({ description: "from is null for a new machine." })
export class VmStateChange {
  @Field(() => String)
  cursor: string;

  @Field(() => Vm)
  vm: object;

  @Field(() => VmState, { nullable: true })
  from: State | null;

  @Field(() => VmState)
  to: State;

  @Field(() => String, { nullable: true })
  reason: string | null;

  @Field(() => DateTime)
  at: Date;
}

import { BigIntScalar, DateTime, Field, Float, Int, ObjectType } from "@tollgate/kit/graphql";
import type { VmState as State } from "../machines/machine.js";
import { VmState } from "../machines/machine.types.js";

@ObjectType({ description: "Machines in one state." })
class VmStateCount {
  @Field(() => VmState)
  state: State;

  @Field(() => Int)
  count: number;
}

@ObjectType({ description: "A machine and its value of the metric now." })
export class Consumer {
  @Field(() => Float)
  value: number;
}

@ObjectType({ description: "An estate in one answer. Use is percent 0-100 of what runs, peak over the last hour." })
export class Fleet {
  @Field(() => Int)
  machines: number;

  @Field(() => Int)
  running: number;

  @Field(() => [VmStateCount])
  byState: VmStateCount[];

  @Field(() => Int)
  vcpus: number;

  @Field(() => BigIntScalar)
  memoryBytes: bigint;

  @Field(() => BigIntScalar)
  storageBytes: bigint;

  @Field(() => Float, { nullable: true })
  cpuAverage: number | null;

  @Field(() => Float, { nullable: true })
  cpuPeak: number | null;

  @Field(() => Float, { nullable: true })
  memoryAverage: number | null;

  @Field(() => Float, { nullable: true })
  memoryPeak: number | null;

  @Field(() => Float, { nullable: true })
  storageUsed: number | null;

  @Field(() => Int, { nullable: true })
  healthAverage: number | null;

  @Field(() => Int)
  unhealthy: number;
}

@ObjectType({ description: "The fleet at one moment." })
export class FleetPulse {
  @Field(() => DateTime)
  at: Date;

  @Field(() => Fleet)
  fleet: object;
}

import { BigIntScalar, DateTime, Field, Float, graphEnum, Int, ObjectType } from "@tollgate/kit/graphql";
import type { Level } from "./levels.js";
import { METRICS, type Metric as MetricName } from "./metrics.js";

export const Metric = graphEnum(
  "Metric",
  "Bytes, bytes per second (_RATE), percent 0-100, load average over 1 minute, seconds (UPTIME).",
  ...(Object.keys(METRICS) as MetricName[]), // the keys of a closed record
);

const RollupLevel = graphEnum("RollupLevel", "Width of the stored buckets.", "RAW", "FIVE_MINUTES", "ONE_HOUR");

@ObjectType({
  description:
    "Measured at one moment; a value that was not measured is null. Percent 0-100, bytes, bytes per second, seconds.",
})
export class VmSample {
  @Field(() => DateTime)
  at: Date;

  @Field(() => Float, { nullable: true })
  cpuPercent: number | null;

  @Field(() => BigIntScalar, { nullable: true })
  memoryUsedBytes: bigint | null;

  @Field(() => BigIntScalar, { nullable: true })
  memoryTotalBytes: bigint | null;

  @Field(() => BigIntScalar, { nullable: true })
  diskUsedBytes: bigint | null;

  @Field(() => BigIntScalar, { nullable: true })
  diskTotalBytes: bigint | null;

  @Field(() => Float, { nullable: true })
  diskReadRate: number | null;

  @Field(() => Float, { nullable: true })
  diskWriteRate: number | null;

  @Field(() => Float, { nullable: true })
  networkInRate: number | null;

  @Field(() => Float, { nullable: true })
  networkOutRate: number | null;

  @Field(() => Float, { nullable: true })
  load: number | null;

  @Field(() => BigIntScalar, { nullable: true })
  uptimeSeconds: bigint | null;
}

@ObjectType({ description: "Gaps are null, never zero. coverage is the share of expected samples, 0-1." })
export class MetricSeries {
  @Field(() => Metric)
  metric: MetricName;

  @Field(() => [Float], { nullable: "items" })
  average: (number | null)[];

  @Field(() => [Float], { nullable: "items" })
  minimum: (number | null)[];

  @Field(() => [Float], { nullable: "items" })
  maximum: (number | null)[];

  @Field(() => [Int])
  count: number[];

  @Field(() => [Float])
  coverage: number[];
}

@ObjectType({
  description: "Columns of equal length: at[i] is the start of bucket i, and every series has its value i.",
})
export class MetricWindow {
  @Field(() => RollupLevel)
  level: Level;

  @Field(() => Int)
  stepSeconds: number;

  @Field(() => [DateTime])
  at: Date[];

  @Field(() => [MetricSeries])
  series: MetricSeries[];
}

import { DateTime, Field, graphEnum, Int, ObjectType } from "@tollgate/kit/graphql";
import type { HealthFactor as Factor } from "./score.js";

const HealthFactor = graphEnum(
  "HealthFactor",
  "What health looks at.",
  "CPU",
  "MEMORY",
  "DISK_HEADROOM",
  "AVAILABILITY",
  "INCIDENTS",
  "NO_DATA",
);

@ObjectType({ description: "One factor and the points it took off." })
class HealthReason {
  @Field(() => HealthFactor)
  kind: Factor;

  @Field(() => Int)
  points: number;

  @Field(() => String)
  message: string;
}

@ObjectType({ description: "score 0-100 with what took points off." })
export class Health {
  @Field(() => Int)
  score: number;

  @Field(() => [HealthReason])
  reasons: HealthReason[];

  @Field(() => DateTime)
  at: Date;
}

import { DateTime, Field, graphEnum, Int, ObjectType } from "@tollgate/kit/graphql";
import { PROVISIONING_STATES, type ProvisioningRow, type ProvisioningState as State } from "./provisioning.schema.js";

export const ProvisioningState: { [Key in State]: Key } = graphEnum(
  "ProvisioningState",
  "Ends as RUNNING, FAILED or CANCELLED.",
  ...PROVISIONING_STATES,
);

@ObjectType({ description: "One machine's way to running. percent is 0-100." })
export class Provisioning {
  row: ProvisioningRow;

  @Field(() => ProvisioningState)
  state: State;

  @Field(() => Int)
  percent: number;

  @Field(() => String)
  message: string;

  @Field(() => DateTime, { nullable: true })
  startedAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  finishedAt: Date | null;

  @Field(() => String, { nullable: true })
  failureReason: string | null;
}

/** A row as the graph shows it; why it is about to end is told with the end. */
export const shownProvisioning = (row: ProvisioningRow): Provisioning => {
  const { state, percent, message, startedAt, finishedAt } = row;
  const failureReason = finishedAt ? row.failureReason : null;
  return { row, state, percent, message, startedAt, finishedAt, failureReason };
};

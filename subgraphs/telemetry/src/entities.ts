import { Directive, Field, ID, ObjectType } from "@tollgate/kit/graphql";

/** Of organisations; telemetry adds its machines. */
@Directive('@key(fields: "id")')
@ObjectType()
export class Organisation {
  @Field(() => ID)
  id: string;
}

/** Of billing; telemetry adds how far its machine is. */
@Directive('@key(fields: "id")')
@ObjectType()
export class Order {
  @Field(() => ID)
  id: string;
}

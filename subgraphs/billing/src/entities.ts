import { Directive, Field, ID, ObjectType } from "@tollgate/kit/graphql";

@Directive('@key(fields: "id")')
@ObjectType()
export class Organisation {
  @Field(() => ID)
  id: string;
}

@Directive('@key(fields: "id")')
@ObjectType()
export class Vm {
  @Field(() => ID)
  id: string;
}

/** Of accounts. */
@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class User {
  @Field(() => ID)
  id: string;
}

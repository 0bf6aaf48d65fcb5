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

import { Directive, Field, ID, ObjectType } from "@tollgate/kit/graphql";

/** Of organisations; messaging adds its WhatsApp. */
@Directive('@key(fields: "id")')
@ObjectType()
export class Organisation {
  @Field(() => ID)
  id: string;
}

/** Of accounts; messaging adds what a person is told. */
@Directive('@key(fields: "id")')
@ObjectType()
export class User {
  @Field(() => ID)
  id: string;
}

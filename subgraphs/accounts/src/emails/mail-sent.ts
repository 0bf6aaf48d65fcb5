import { Field, ObjectType } from "@tollgate/kit/graphql";

@ObjectType({ description: "Says nothing about whether the e-mail exists." })
export class MailSent {
  @Field(() => String, { description: "Masked as the caller typed it." })
  to: string;
}

import { Field, InputType, LocaleScalar, PhoneNumberScalar, TimeZoneScalar } from "@tollgate/kit/graphql";

@InputType({ description: "Fields left out stay; null clears phone." })
export class UpdateProfileInput {
  @Field(() => String, { nullable: true })
  displayName?: string;

  @Field(() => PhoneNumberScalar, { nullable: true })
  phone?: string | null;

  @Field(() => LocaleScalar, { nullable: true })
  locale?: string;

  @Field(() => TimeZoneScalar, { nullable: true })
  timeZone?: string;
}

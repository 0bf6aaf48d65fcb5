import {
  connectionType,
  DateTime,
  Directive,
  EmailAddressScalar,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  LocaleScalar,
  ObjectType,
  OrderDirection,
  PhoneNumberScalar,
  TimeZoneScalar,
} from "@tollgate/kit/graphql";

export const UserStatus = graphEnum(
  "UserStatus",
  "ERASED keeps only the id and a pseudonym as displayName.",
  "UNVERIFIED",
  "ACTIVE",
  "LOCKED",
  "DEACTIVATED",
  "ERASED",
);
export const MfaChannel = graphEnum(
  "MfaChannel",
  "AUTHENTICATOR is a TOTP app (RFC 6238).",
  "EMAIL",
  "WHATSAPP",
  "AUTHENTICATOR",
);
export const UserOrderBy = graphEnum(
  "UserOrderBy",
  "What a list of users is sorted by.",
  "DISPLAY_NAME",
  "CREATED_AT",
  "LAST_SIGNED_IN_AT",
);

@ObjectType({ description: "Second factor of a user." })
export class Mfa {
  @Field(() => Boolean)
  enabled: boolean;

  @Field(() => MfaChannel)
  channel: "EMAIL" | "WHATSAPP" | "AUTHENTICATOR";

  @Field(() => Boolean)
  requiredByOrganisation: boolean;

  @Field(() => Int)
  recoveryCodesLeft: number;

  @Field(() => [MfaChannel], { description: "Those that configureMfa takes at the moment." })
  availableChannels: ("EMAIL" | "WHATSAPP" | "AUTHENTICATOR")[];

  /** Whose it is; not in the graph. */
  userId: string;
  organisationId: string;
  phone: string | null;
}

const PER_PERSON = '@tag(name: "per-person")';

@Directive('@key(fields: "id")')
@Directive("@authenticated")
@ObjectType({
  description:
    "A person. Belongs to exactly one organisation. Everything but id, displayName and status is null unless it is oneself or one holds user:read.",
})
export class User {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  displayName: string;

  @Directive(PER_PERSON)
  @Field(() => UserStatus, { description: "LOCKED shows as ACTIVE to those who may not see details." })
  status: keyof typeof UserStatus;

  @Directive(PER_PERSON)
  @Field(() => EmailAddressScalar, { nullable: true })
  email: string | null;

  @Directive(PER_PERSON)
  @Field(() => Boolean, { nullable: true })
  emailVerified: boolean | null;

  @Directive(PER_PERSON)
  @Field(() => PhoneNumberScalar, { nullable: true })
  phone: string | null;

  @Directive(PER_PERSON)
  @Field(() => LocaleScalar, { nullable: true })
  locale: string | null;

  @Directive(PER_PERSON)
  @Field(() => TimeZoneScalar, { nullable: true })
  timeZone: string | null;

  @Directive(PER_PERSON)
  @Field(() => Mfa, { nullable: true })
  mfa: Mfa | null;

  @Directive(PER_PERSON)
  @Field(() => DateTime, { nullable: true })
  lastSignedInAt: Date | null;

  @Directive(PER_PERSON)
  @Field(() => DateTime, { nullable: true })
  lockedUntil: Date | null;

  @Directive(PER_PERSON)
  @Field(() => DateTime, { nullable: true })
  createdAt: Date | null;
}

export const UserConnection = connectionType("User", () => User, { totalCount: true });

@InputType({ description: "search matches name and e-mail by part." })
export class UserFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String, { nullable: true })
  search?: string;

  @Field(() => [UserStatus], { nullable: true })
  status?: (keyof typeof UserStatus)[];

  @Field(() => Boolean, { nullable: true })
  mfaEnabled?: boolean;
}

@InputType()
export class UserOrder {
  @Field(() => UserOrderBy)
  by: keyof typeof UserOrderBy;

  @Field(() => OrderDirection)
  direction: keyof typeof OrderDirection;
}

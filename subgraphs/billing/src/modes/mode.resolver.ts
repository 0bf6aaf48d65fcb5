import type { Money as Amount, Tx } from "@tollgate/kit";
import {
  Arg,
  ConflictProblem,
  Ctx,
  DateTime,
  Directive,
  Field,
  FieldResolver,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  InvalidInputProblem,
  Money,
  Mutation,
  NotFoundProblem,
  ObjectType,
  type OperationContext,
  outcome,
  Resolver,
  Root,
  resultUnion,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { MoneyInput } from "../wallet/wallet.types.js";
import { changeBillingMode, modeChangeById } from "./changing.js";
import { BILLING_MODES, type BillingMode as Mode } from "./mode.schema.js";
import { billingModeAt, type Change, changesFrom } from "./modes.js";

export const BillingMode: { [Key in Mode]: Key } = graphEnum(
  "BillingMode",
  "PREPAID: money first. INVOICED: month in arrears up to the credit limit.",
  ...BILLING_MODES,
);

@ObjectType({ description: "The mode that counts from effectiveFrom on." })
export class BillingModeChange {
  organisationId: string;

  @Field(() => BillingMode)
  mode: Mode;

  @Field(() => Money, { nullable: true })
  creditLimit: Amount | null;

  @Field(() => DateTime)
  effectiveFrom: Date;
}

const ChangeBillingModeResult = resultUnion(
  "ChangeBillingModeResult",
  [BillingModeChange],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType()
export class ChangeBillingModeInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => BillingMode)
  mode: Mode;

  @Field(() => MoneyInput, { nullable: true })
  creditLimit?: MoneyInput | null;

  @Field(() => DateTime)
  effectiveFrom: Date;

  @Field(() => String)
  idempotencyKey: string;
}

const shownChange = ({ organisationId, mode, currency, creditLimit, effectiveFrom }: Change) =>
  Object.assign(new BillingModeChange(), {
    organisationId,
    mode,
    creditLimit: currency ? { minorUnits: creditLimit, currency } : null,
    effectiveFrom,
  });

@Resolver(() => BillingModeChange)
export class BillingModeResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["billing:manage"]])')
  @Mutation(() => ChangeBillingModeResult as never, {
    nullable: true,
    description: "PREPAID or INVOICED with a credit limit, from a date on.",
  })
  changeBillingMode(
    @Arg("input", () => ChangeBillingModeInput) input: ChangeBillingModeInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ChangeBillingModeResult, async () => {
      const change = { ...input, creditLimit: input.creditLimit ?? null };
      const id = await context.write((tx) => changeBillingMode(tx, change, this.clock()));
      return shownChange(await context.read((tx) => modeChangeById(tx, id)));
    });
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { organisationId }: BillingModeChange): Organisation {
    return { id: organisationId };
  }
}

@Resolver(() => Organisation)
export class OrganisationModeResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @FieldResolver(() => BillingMode, { nullable: true })
  async billingMode(@Root() { id }: Organisation, @Ctx() context: OperationContext): Promise<Mode | null> {
    return (await context.loader(this.modes).load(id))?.mode ?? null;
  }

  @Directive("@listSize(assumedSize: 5)")
  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @FieldResolver(() => [BillingModeChange], {
    nullable: true,
    description: "The change that counts now and those to come, in order; without any it has always been PREPAID.",
  })
  async billingModeChanges(
    @Root() { id }: Organisation,
    @Ctx() context: OperationContext,
  ): Promise<BillingModeChange[]> {
    return ((await context.loader(this.changes).load(id)) ?? []).map(shownChange);
  }

  private readonly changes = (tx: Tx, organisationIds: readonly string[]) =>
    changesFrom(tx, organisationIds, this.clock());

  private readonly modes = (tx: Tx, organisationIds: readonly string[]) =>
    billingModeAt(tx, organisationIds, this.clock());
}

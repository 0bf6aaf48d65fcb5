import { homeOrganisation, organisationInScope, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Money,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { type FundsCheck as Check, fundsFor } from "../ledger/funds.js";
import { HOURS } from "../prices/breakdown.js";
import { completeConfig, sizeOf } from "../prices/config.js";
import {
  CanProvisionInput,
  EstimateCostInput,
  PriceBreakdown,
  shownBreakdown,
  VmConfig,
  VmTemplate,
} from "../prices/config.types.js";
import { BYTES_PER_GB, costPerHour } from "../prices/cost.js";
import { estimate } from "../prices/estimate.js";
import { fraction, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { TEMPLATES, templateById } from "../prices/templates.js";
import { FundsCheck } from "./quote.types.js";

const PARTNER = '@tag(name: "partner")';
const READS_QUOTES = '@requiresScopes(scopes: [["quote:read"]])';

/** The organisation asked about, seen to be of the estate. */
const organisationOf = async (tx: Tx, given: string | null | undefined): Promise<string> => {
  const organisationId = given ?? homeOrganisation(tx.caller);
  requireId("organisation", organisationId);
  return (await organisationInScope(tx, organisationId)).organisationId;
};

const templateCost = (prices: Prices | null, id: string, hours: bigint) => {
  const template = templateById(id);
  if (!prices || !template) return null;
  const { vcpus, memoryGb, storageGb, storage } = template;
  const disks = [{ sizeBytes: BigInt(storageGb) * BYTES_PER_GB, storage }];
  const perHour = costPerHour(prices, { vcpus, memoryBytes: BigInt(memoryGb) * BYTES_PER_GB, disks }, true);
  if (!perHour) return null;
  return { minorUnits: rounded(multiply(perHour, fraction(hours, 1n))), currency: prices.list.currency };
};

@Resolver(() => VmTemplate)
export class EstimateResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["catalogue:read"]])')
  @Directive(PARTNER)
  @Directive("@listSize(assumedSize: 10)")
  @Query(() => [VmTemplate], {
    nullable: true,
    description: "Sizes on offer to the organisation, priced by its price list.",
  })
  async vmTemplates(
    @Arg("organisationId", () => ID, { nullable: true }) given: string | null | undefined,
    @Ctx() context: OperationContext,
  ): Promise<VmTemplate[]> {
    const organisationId = await context.read((tx) => organisationOf(tx, given));
    return TEMPLATES.map(({ id, name, vcpus, memoryGb, storageGb }) => {
      return { id, name, vcpus, memoryGb, storageGb, organisationId };
    });
  }

  @FieldResolver(() => Money, { nullable: true })
  async monthly(@Root() { id, organisationId }: VmTemplate, @Ctx() context: OperationContext) {
    return templateCost(await context.loader(this.prices).load(organisationId), id, HOURS.MONTHLY);
  }

  @FieldResolver(() => Money, { nullable: true })
  async hourly(@Root() { id, organisationId }: VmTemplate, @Ctx() context: OperationContext) {
    return templateCost(await context.loader(this.prices).load(organisationId), id, HOURS.HOURLY);
  }

  @Directive(READS_QUOTES)
  @Directive(PARTNER)
  @Query(() => PriceBreakdown, {
    nullable: true,
    description: "What a machine would cost, step by step, without a quote.",
  })
  async estimateCost(
    @Arg("input", () => EstimateCostInput) input: EstimateCostInput,
    @Ctx() context: OperationContext,
  ): Promise<PriceBreakdown> {
    const size = sizeOf(completeConfig(input.vm, "vm"));
    const breakdown = await context.read(async (tx) =>
      estimate(tx, await organisationOf(tx, input.organisationId), size, input.interval, input.currency, this.clock()),
    );
    return shownBreakdown(breakdown);
  }

  @Directive(READS_QUOTES)
  @Directive(PARTNER)
  @Query(() => FundsCheck, { nullable: true, description: "The same check as orderVm, without side effects." })
  canProvision(
    @Arg("input", () => CanProvisionInput) input: CanProvisionInput,
    @Ctx() context: OperationContext,
  ): Promise<Check> {
    const size = sizeOf(completeConfig(input.vm, "vm"));
    const at = this.clock();
    return context.read(async (tx) => {
      const organisationId = await organisationOf(tx, input.organisationId);
      const { rate, currency } = await estimate(tx, organisationId, size, "HOURLY", input.currency, at);
      return fundsFor(tx, { organisationId, currency, newRate: rate }, at);
    });
  }

  private readonly prices = (tx: Tx, organisationIds: readonly string[]) =>
    pricesInForce(tx, organisationIds, this.clock());
}

@Resolver(() => VmConfig)
export class VmConfigResolver {
  @FieldResolver(() => VmTemplate, { nullable: true })
  template(@Root() { templateId }: VmConfig, @Ctx() context: OperationContext): VmTemplate | null {
    return shownTemplate(templateId, homeOrganisation(context.caller));
  }
}

/** A template with the prices of an organisation; null for one that is none. */
export const shownTemplate = (templateId: string | null, organisationId: string): VmTemplate | null => {
  const template = templateId === null ? null : templateById(templateId);
  if (!template) return null;
  const { id, name, vcpus, memoryGb, storageGb } = template;
  return { id, name, vcpus, memoryGb, storageGb, organisationId };
};

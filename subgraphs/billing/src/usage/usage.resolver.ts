import { type Money as Amount, isCurrency } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  connectionType,
  DateTime,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Money,
  ObjectType,
  type OperationContext,
  PeriodInput,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation, Vm } from "../entities.js";
import { LISTED, shown } from "../lists.js";
import type { PricedResource as Resource } from "../prices/price.schema.js";
import { PricedResource } from "../prices/price.types.js";
import { LedgerEntry } from "../wallet/wallet.types.js";
import { entriesById } from "../wallet/wallets.js";
import { listUsage } from "./records.js";
import type { UsageRow } from "./usage.schema.js";

@Directive('@requiresScopes(scopes: [["usage:read"]])')
@ObjectType({ description: "What one resource of a machine used in one hour: unique by resource and hour." })
export class UsageRecord {
  row: UsageRow;

  @Field(() => ID)
  id: string;

  @Field(() => DateTime)
  hour: Date;

  @Field(() => PricedResource)
  resource: Resource;

  @Field(() => Int)
  minutes: number;

  @Field(() => String, { description: "Decimal, such as 3.25." })
  quantity: string;

  @Field(() => Money, { nullable: true })
  amount: Amount | null;
}

const UsageRecordConnection = connectionType("UsageRecord", () => UsageRecord, { totalCount: false });

@InputType()
class UsageFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID, { nullable: true })
  vmId?: string | null;

  @Field(() => [PricedResource], { nullable: true })
  resource?: Resource[] | null;

  @Field(() => PeriodInput)
  period: PeriodInput;
}

/** A record as the graph shows it. */
export const shownUsage = (row: UsageRow): UsageRecord => {
  const { id, hour, resource, minutes, quantity, currency, amount: minorUnits } = row;
  return { row, id, hour, resource, minutes, quantity, amount: isCurrency(currency) ? { minorUnits, currency } : null };
};

@Resolver(() => UsageRecord)
export class UsageResolver {
  @Directive('@requiresScopes(scopes: [["usage:read"]])')
  @Directive('@tag(name: "partner")')
  @Directive(LISTED)
  @Query(() => UsageRecordConnection, {
    nullable: true,
    description: "Usage records of the estate by hour, newest first.",
  })
  async usageRecords(
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Arg("filter", () => UsageFilter) filter: UsageFilter,
    @Ctx() context: OperationContext,
  ) {
    return shown(await context.read((tx) => listUsage(tx, { first, after }, filter)), shownUsage);
  }

  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { row }: UsageRecord): Vm {
    return { id: row.vmId };
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { row }: UsageRecord): Organisation {
    return { id: row.organisationId };
  }

  @FieldResolver(() => LedgerEntry, { nullable: true })
  entry(@Root() { row }: UsageRecord, @Ctx() context: OperationContext) {
    return row.entryId ? context.loader(entriesById).load(row.entryId) : null;
  }
}

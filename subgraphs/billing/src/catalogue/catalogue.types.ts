import type { Money as Amount, Currency } from "@tollgate/kit";
import {
  ConflictProblem,
  connectionType,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import type { BillingInterval as Span } from "../prices/breakdown.js";
import { BillingInterval } from "../prices/config.types.js";
import { MoneyInput } from "../wallet/wallet.types.js";
import { type CatalogueItemRow, ITEM_KINDS, type ItemKind, type ItemState as State } from "./catalogue.schema.js";
import type { ItemStatistics } from "./statistics.js";

export const CatalogueItemKind = graphEnum("CatalogueItemKind", "See CatalogueItem.", ...ITEM_KINDS);
export const CatalogueItemState: { [Key in State]: Key } = graphEnum(
  "CatalogueItemState",
  "RETIRED takes no new orders.",
  "ACTIVE",
  "RETIRED",
);

@ObjectType({ description: "What an item has brought its seller since it is on sale." })
export class CatalogueItemStatistics {
  @Field(() => Int, { description: "Service subscriptions that go on." })
  subscribers: number;

  @Field(() => Int, { description: "Pieces of it: what subscriptions that go on have, and what was ordered." })
  quantity: number;

  @Field(() => Int)
  orders: number;

  @Field(() => Money, { description: "After discounts, without tax." })
  revenue: Amount;
}

@Directive('@requiresScopes(scopes: [["catalogue:read"]])')
@ObjectType({ description: "SERVICE renews every interval, PRODUCT is bought once." })
export class CatalogueItem {
  row: CatalogueItemRow;

  @Field(() => ID)
  id: string;

  @Field(() => CatalogueItemKind)
  kind: ItemKind;

  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  description: string | null;

  @Field(() => String, { nullable: true })
  category: string | null;

  @Field(() => Money, { description: "For one of it, without tax." })
  price: Amount;

  @Field(() => BillingInterval, { nullable: true })
  interval: Span | null;

  @Field(() => Int, { description: "Grows with each new price; what was ordered keeps the one it was priced with." })
  version: number;

  @Field(() => CatalogueItemState)
  state: State;
}

/** A row as the graph shows it. */
export const shownItem = (row: CatalogueItemRow): CatalogueItem => {
  const { id, kind, name, description, category, price, currency, interval, version, state } = row;
  return Object.assign(new CatalogueItem(), {
    row,
    id,
    kind,
    name,
    description,
    category,
    price: { minorUnits: price, currency },
    interval,
    version,
    state,
  });
};

export const shownStatistics = (statistics: ItemStatistics, currency: Currency): CatalogueItemStatistics => ({
  ...statistics,
  revenue: { minorUnits: statistics.revenue, currency },
});

@ObjectType({ description: "A category and how much of it is on sale; name is null for items without one." })
export class CatalogueCategory {
  @Field(() => String, { nullable: true })
  name: string | null;

  @Field(() => Int)
  items: number;
}

export const CatalogueItemConnection = connectionType("CatalogueItem", () => CatalogueItem, { totalCount: true });

export const CatalogueItemResult = resultUnion(
  "CatalogueItemResult",
  [CatalogueItem],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType("CatalogueFilter")
export class CatalogueFilterInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID, { nullable: true, description: "Only what this organisation sells." })
  sellerId?: string | null;

  @Field(() => CatalogueItemKind, { nullable: true })
  kind?: ItemKind | null;

  @Field(() => [CatalogueItemState], { nullable: true })
  state?: State[] | null;

  @Field(() => String, { nullable: true })
  category?: string | null;

  @Field(() => String, { nullable: true, description: "A part of the name, the description or the category." })
  search?: string | null;
}

@InputType({ description: "interval is of a SERVICE, and required there." })
export class CreateCatalogueItemInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => CatalogueItemKind)
  kind: ItemKind;

  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true })
  category?: string | null;

  @Field(() => MoneyInput)
  price: MoneyInput;

  @Field(() => BillingInterval, { nullable: true })
  interval?: Span | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType({ description: "What is left out stays; description and category are taken away by null." })
export class UpdateCatalogueItemInput {
  @Field(() => ID)
  itemId: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true })
  category?: string | null;

  @Field(() => MoneyInput, { nullable: true })
  price?: MoneyInput | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RetireCatalogueItemInput {
  @Field(() => ID)
  itemId: string;
}

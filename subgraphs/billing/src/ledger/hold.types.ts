import type { Money as Amount, Currency } from "@tollgate/kit";
import { DateTime, Directive, Field, graphEnum, ID, Money, ObjectType } from "@tollgate/kit/graphql";
import {
  HOLD_KINDS,
  HOLD_STATES,
  type HoldRow,
  type HoldKind as Kind,
  type HoldState as State,
} from "./hold.schema.js";

export const HoldState: { [Key in State]: Key } = graphEnum(
  "HoldState",
  "CAPTURED also when only a part was; the rest is released.",
  ...HOLD_STATES,
);
export const HoldKind: { [Key in Kind]: Key } = graphEnum("HoldKind", "See Hold.", ...HOLD_KINDS);

@Directive('@requiresScopes(scopes: [["wallet:read"]])')
@ObjectType({
  description:
    "Money set aside: for an order, as a machine's reserve (as long as it lives), or for the storage of stopped ones.",
})
export class Hold {
  row: HoldRow;

  @Field(() => ID)
  id: string;

  @Field(() => HoldKind)
  kind: Kind;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Money)
  captured: Amount;

  @Field(() => HoldState)
  state: State;

  @Field(() => DateTime)
  createdAt: Date;
}

/** A hold as the graph shows it. */
export const shownHold = (row: HoldRow, currency: Currency): Hold => {
  const { id, kind, state, createdAt } = row;
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency });
  return { row, id, kind, state, createdAt, amount: inCurrency(row.amount), captured: inCurrency(row.captured) };
};

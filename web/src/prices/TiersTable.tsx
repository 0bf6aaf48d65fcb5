import { useFormats } from "../app/services-context.js";
import type { PriceListWholeFragment } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import classes from "./Prices.module.css";

/** The discounts for volume, by the spend of the last 30 days. */
export function TiersTable({ tiers }: { tiers: PriceListWholeFragment["volumeTiers"] }) {
  const { locale } = useFormats();
  if (tiers.length === 0) return null;
  return (
    <table className={classes.rates}>
      <caption className={classes.caption}>Discount for volume, by the spend of the last 30 days</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col" className="numeric">
            Off
          </th>
        </tr>
      </thead>
      <tbody>
        {tiers.map(({ from, discountBasisPoints }) => (
          <tr key={from.minorUnits}>
            <th scope="row">{from.formatted}</th>
            <td className="numeric">{percentWords(discountBasisPoints, locale)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

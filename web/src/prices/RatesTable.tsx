import { useFormats } from "../app/services-context.js";
import type { PriceListWholeFragment } from "../gql/graphql.js";
import { shownAmount } from "./money-words.js";
import classes from "./Prices.module.css";
import { forMonth } from "./rate-math.js";
import { PLAIN_RESOURCES, rateName, unitOf } from "./resource-words.js";

interface RatesTableProps {
  list: PriceListWholeFragment;
  /** Who owns the list where that is not the organisation that pays by it. */
  inheritedFrom: string | null;
}

/** What each thing costs under a list, and where that price comes from. */
export function RatesTable({ list, inheritedFrom }: RatesTableProps) {
  const { locale } = useFormats();
  return (
    <table className={classes.rates}>
      <caption className="visually-hidden">Rates</caption>
      <thead>
        <tr>
          <th scope="col">For</th>
          <th scope="col" className="numeric">
            A month
          </th>
          <th scope="col">Comes from</th>
        </tr>
      </thead>
      <tbody>
        {inOrder(list.rates).map(({ resource, code, amount, perHours, inherited }) => {
          const month = forMonth({ minorUnits: BigInt(amount.minorUnits), perHours });
          return (
            <tr key={`${resource} ${code ?? ""}`}>
              <th scope="row">
                {rateName(resource, code ?? null)} <span className="small dimmed">{unitOf(resource)}</span>
              </th>
              <td className="numeric">
                {month.isExact ? "" : "≈ "}
                {shownAmount(month.minorUnits, list.currency, locale)}
              </td>
              <td className="dimmed">{originOf(inherited, inheritedFrom)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const ORDER: readonly string[] = [...PLAIN_RESOURCES, "EXTRA_SERVICE", "LICENCE"];

/** As in a calculation: the machine itself first. */
const inOrder = (rates: PriceListWholeFragment["rates"]) =>
  rates.toSorted((a, b) => ORDER.indexOf(a.resource) - ORDER.indexOf(b.resource));

const originOf = (inherited: boolean, inheritedFrom: string | null): string => {
  if (inherited) return "Inherited, with the markup";
  return inheritedFrom ? "Inherited" : "Own";
};

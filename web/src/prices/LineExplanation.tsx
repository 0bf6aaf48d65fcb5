import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import type { ExplainedPriceFragment } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import classes from "./PriceLines.module.css";
import { MONTH_HOURS } from "./rate-math.js";
import { rateName, unitOf } from "./resource-words.js";

type Explanation = NonNullable<ExplainedPriceFragment["lines"][number]["explanation"]>;

/** Where a line of a price comes from: how many hours, at which rate of which list, or which offer or tax it is. */
export function LineExplanation({ explanation }: { explanation: Explanation }) {
  const formats = useFormats();
  const { hours, rate, priceList, promotion, taxRate } = explanation;
  return (
    <ul className={`small dimmed ${classes.explanation}`}>
      {hours && <li>{formats.number(Number(hours), 2)} hours</li>}
      {rate && (
        <li>
          {rateName(rate.resource, rate.code ?? null)}: {rate.amount.formatted} {unitOf(rate.resource)}{" "}
          {rate.perHours === MONTH_HOURS ? "and month" : `for ${formats.number(rate.perHours)} hours`}
          {rate.inherited && ", inherited with the markup"}
        </li>
      )}
      {priceList && (
        <li>
          <Link to="/prices/$id" params={{ id: priceList.id }}>
            {priceList.name}, version {priceList.version}
          </Link>
        </li>
      )}
      {promotion && (
        <li>
          {promotion.name}: {percentWords(promotion.basisPoints, formats.locale)} off what the steps before left
        </li>
      )}
      {taxRate && (
        <li>
          {taxRate.name} of {taxRate.country}, {percentWords(taxRate.basisPoints, formats.locale)} since{" "}
          {formats.dateTime(taxRate.effectiveFrom)}
        </li>
      )}
    </ul>
  );
}

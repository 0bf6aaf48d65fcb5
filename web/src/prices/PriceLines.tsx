import type { ReactNode } from "react";
import type { PriceFragment } from "../gql/graphql.js";
import classes from "./PriceLines.module.css";

type Line = PriceFragment["lines"][number];

interface PriceLinesProps {
  price: PriceFragment;
  /** What the last row is the total of, such as "a month". */
  per: string;
  /** Where a line comes from, for whoever asks; lines are plain without it. */
  explain?: (line: Line) => ReactNode;
}

/** How a price builds up: line by line in the order of the calculation, then tax, then the total. */
export function PriceLines({ price, per, explain }: PriceLinesProps) {
  const net = price.lines.filter(({ kind }) => kind !== "TAX");
  const taxes = price.lines.filter(({ kind }) => kind === "TAX");
  return (
    <table className={classes.price}>
      <caption className="visually-hidden">How the price builds up</caption>
      <tbody>
        {net.map((line) => (
          <LineRow key={`${line.kind} ${line.description}`} line={line} explain={explain} />
        ))}
      </tbody>
      <tfoot>
        {(taxes.length > 0 || price.tax.minorUnits !== "0") && (
          <tr className={classes.ruled}>
            <th scope="row">Before tax</th>
            <td className="numeric">{price.subtotal.formatted}</td>
          </tr>
        )}
        {taxes.map((line) => (
          <LineRow key={line.description} line={line} explain={explain} />
        ))}
        <tr className={`${classes.ruled} ${classes.total}`}>
          <th scope="row">Total {per}</th>
          <td className="numeric">{price.total.formatted}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function LineRow({ line, explain }: { line: Line; explain: PriceLinesProps["explain"] }) {
  const { description, quantity, unit, unitPrice, amount } = line;
  const words = (
    <>
      {description}
      {quantity && (
        <span className="small dimmed">
          {" "}
          {quantity}
          {unit && ` ${unit}`}
          {unitPrice && ` × ${unitPrice.formatted}`}
        </span>
      )}
    </>
  );
  const explanation = explain?.(line);
  return (
    <tr>
      <th scope="row">
        {explanation ? (
          <details>
            <summary>{words}</summary>
            {explanation}
          </details>
        ) : (
          words
        )}
      </th>
      <td className={`numeric ${amount.minorUnits.startsWith("-") ? classes.off : ""}`}>{amount.formatted}</td>
    </tr>
  );
}

import type { ReactNode } from "react";
import { useFormats } from "../app/services-context.js";
import type { PriceFragment } from "../gql/graphql.js";
import { lineWords } from "./line-words.js";
import classes from "./PriceLines.module.css";
import { quantityWords } from "./quantity-words.js";

type PlainLine = PriceFragment["lines"][number];

interface PriceLinesProps<Line extends PlainLine> {
  price: Omit<PriceFragment, "lines"> & { lines: readonly Line[] };
  /** What the last row is the total of, such as "a month". */
  per: string;
  /** Where a line comes from, for whoever asks; lines are plain without it. */
  explain?: (line: Line) => ReactNode;
}

/** How a price builds up: line by line in the order of the calculation, then tax, then the total. */
export function PriceLines<Line extends PlainLine>({ price, per, explain }: PriceLinesProps<Line>) {
  const net = price.lines.filter(({ kind }) => kind !== "TAX");
  const taxes = price.lines.filter(({ kind }) => kind === "TAX");
  return (
    <table className={classes.price}>
      <caption className="visually-hidden">How the price builds up</caption>
      <tbody>
        {net.map((line) => (
          <LineRow key={`${line.kind} ${line.description}`} line={line} words={explain?.(line)} />
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
          <LineRow key={line.description} line={line} words={explain?.(line)} />
        ))}
        <tr className={`${classes.ruled} ${classes.total}`}>
          <th scope="row">Total {per}</th>
          <td className="numeric">{price.total.formatted}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function LineRow({ line, words }: { line: PlainLine; words: ReactNode }) {
  const formats = useFormats();
  const { quantity, unit, unitPrice, amount } = line;
  const title = (
    <>
      {lineWords(line, formats.locale)}
      {quantity && (
        <span className="small dimmed">
          {" "}
          {quantityWords(formats, quantity, unit)}
          {unitPrice && ` × ${unitPrice.formatted}`}
        </span>
      )}
    </>
  );
  return (
    <tr>
      <th scope="row">
        {words ? (
          <details>
            <summary>{title}</summary>
            {words}
          </details>
        ) : (
          title
        )}
      </th>
      <td className={`numeric ${amount.minorUnits.startsWith("-") ? classes.off : ""}`}>{amount.formatted}</td>
    </tr>
  );
}

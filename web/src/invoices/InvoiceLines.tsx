import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import type { InvoiceWholeFragment } from "../gql/graphql.js";
import { lineWords } from "../prices/line-words.js";
import { shownAmount } from "../prices/money-words.js";
import { quantityWords } from "../prices/quantity-words.js";
import classes from "./Invoices.module.css";
import { groupsOf, type InvoiceLine, type LineGroup } from "./invoice-lines.js";
import { creditedOf, paidOf } from "./invoice-sums.js";

/** What an invoice is made of: machine by machine, folded, then taxes and the total. */
export function InvoiceLines({ invoice }: { invoice: InvoiceWholeFragment }) {
  const { locale } = useFormats();
  const groups = groupsOf(invoice.lines);
  const taxes = invoice.lines.filter(({ kind }) => kind === "TAX");
  return (
    <>
      {groups.map((group) => (
        <Group key={group.machine?.id ?? ""} group={group} currency={invoice.total.currency} />
      ))}
      <table className={classes.lines}>
        <caption className="visually-hidden">Taxes and total</caption>
        <tbody>
          <tr>
            <th scope="row">Before tax</th>
            <td className="numeric">{invoice.subtotal.formatted}</td>
          </tr>
          {taxes.map((line) => (
            <tr key={line.description}>
              <th scope="row">
                {lineWords(line, locale)} <TaxSource line={line} />
              </th>
              <td className="numeric">{line.amount.formatted}</td>
            </tr>
          ))}
          <tr className={`${classes.ruled} ${classes.total}`}>
            <th scope="row">Total</th>
            <td className="numeric">{invoice.total.formatted}</td>
          </tr>
          <Settled invoice={invoice} />
        </tbody>
      </table>
    </>
  );
}

/** What is left to pay of an issued invoice, and why it is less than the total. */
function Settled({ invoice }: { invoice: InvoiceWholeFragment }) {
  const { locale } = useFormats();
  const { state, total, amountDue } = invoice;
  if (state === "DRAFT" || state === "VOID" || amountDue.minorUnits === total.minorUnits) return null;
  const [credited, paid] = [creditedOf(invoice), paidOf(invoice)];
  if (state === "PAID" && credited === "0") return null;
  const less = (minorUnits: string) => shownAmount(-BigInt(minorUnits), total.currency, locale);
  return (
    <>
      {credited !== "0" && (
        <tr>
          <th scope="row">Taken back by credit notes</th>
          <td className="numeric">{less(credited)}</td>
        </tr>
      )}
      {paid !== "0" && (
        <tr>
          <th scope="row">Paid</th>
          <td className="numeric">{less(paid)}</td>
        </tr>
      )}
      <tr className={`${classes.ruled} ${classes.total}`}>
        <th scope="row">Due</th>
        <td className="numeric">{amountDue.formatted}</td>
      </tr>
    </>
  );
}

function TaxSource({ line }: { line: InvoiceLine }) {
  const formats = useFormats();
  const rate = line.explanation?.taxRate;
  if (!rate) return null;
  return (
    <span className="small dimmed">
      {rate.country}, since {formats.dateTime(rate.effectiveFrom)}
    </span>
  );
}

function Group({ group, currency }: { group: LineGroup; currency: string }) {
  const { locale } = useFormats();
  const { machine, lines, sum } = group;
  if (!machine) return <Lines lines={lines} label="Charges" />;
  return (
    <details className={classes.group}>
      <summary>
        <span>Machine {machine.name}</span>
        <span className="numeric">{shownAmount(sum, currency, locale)}</span>
      </summary>
      <Lines lines={lines} label={`Machine ${machine.name}`} />
      <p className="small">
        <Link to="/machines/$id" params={{ id: machine.id }}>
          Go to the machine
        </Link>
      </p>
    </details>
  );
}

function Lines({ lines, label }: { lines: LineGroup["lines"]; label: string }) {
  const formats = useFormats();
  return (
    <table className={classes.lines}>
      <caption className="visually-hidden">{label}</caption>
      <tbody>
        {lines.map(({ line, place }) => (
          <tr key={place}>
            <th scope="row">
              {lineWords(line, formats.locale)}
              <span className="small dimmed">
                {` ${quantityWords(formats, line.quantity, line.unit)}`}
                {line.unitPrice && ` × ${line.unitPrice.formatted}`}
                {line.explanation?.hours && `, in ${quantityWords(formats, line.explanation.hours, "hours")}`}
              </span>
            </th>
            <td className="numeric">{line.amount.formatted}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

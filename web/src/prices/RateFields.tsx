import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { ABSENT } from "../format/formats.js";
import type { PriceListWholeFragment } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import { compare, type FormErrors, type ListForm, type RateEntry, withRate } from "./editor-form.js";
import { shownAmount } from "./money-words.js";
import classes from "./Prices.module.css";
import { forMonth, type HourRate } from "./rate-math.js";
import { rateName, unitOf } from "./resource-words.js";

const HOURS = [
  { value: "1", label: "an hour" },
  { value: "720", label: "a month" },
  { value: "8760", label: "a year" },
];

interface RateFieldsProps {
  form: ListForm;
  errors: FormErrors;
  currency: string;
  now: PriceListWholeFragment | null;
  above: PriceListWholeFragment | null;
  onChange(form: ListForm): void;
}

/** Each rate with what it would be inherited as, what counts now and what it becomes; all for a month. */
export function RateFields({ form, currency, now, above, ...rest }: RateFieldsProps) {
  const { locale } = useFormats();
  const around = { above: above?.rates ?? null, now: now?.rates ?? null };
  return (
    <ul className={classes.editor}>
      <li aria-hidden className={classes.editorHead}>
        <span>For</span>
        <span>Own rate</span>
        <span />
        <span className="numeric">Inherited</span>
        <span className="numeric">Now</span>
        <span className="numeric">Then</span>
      </li>
      {form.rates.map((entry) => (
        <Row
          key={entry.key}
          entry={entry}
          form={form}
          currency={currency}
          comparison={compare(entry, form.markup, around, currency, locale)}
          {...rest}
        />
      ))}
    </ul>
  );
}

interface RowProps extends Pick<RateFieldsProps, "form" | "errors" | "currency" | "onChange"> {
  entry: RateEntry;
  comparison: ReturnType<typeof compare>;
}

function Row({ entry, form, errors, currency, comparison, onChange }: RowProps) {
  const { locale } = useFormats();
  const name = rateName(entry.resource, entry.code);
  const set = (change: Partial<RateEntry>) => onChange(withRate(form, entry.key, change));
  const { inherited, now, next, change } = comparison;
  return (
    <li className={classes.editorRow}>
      {entry.isNamed ? (
        <div className={classes.named}>
          <TextInput
            aria-label={`Code of ${name}`}
            placeholder={`Code of the ${rateName(entry.resource, null).toLowerCase()}`}
            autoComplete="off"
            value={entry.code}
            onChange={(event) => set({ code: event.currentTarget.value })}
            error={errors[`code ${entry.key}`]}
          />
          <Button
            variant="subtle"
            size="xs"
            aria-label={`Take out ${name}`}
            onClick={() => onChange({ ...form, rates: form.rates.filter(({ key }) => key !== entry.key) })}
          >
            Take out
          </Button>
        </div>
      ) : (
        <p className={classes.resource}>
          {name} <span className="small dimmed">{unitOf(entry.resource)}</span>
        </p>
      )}
      <TextInput
        aria-label={`Rate of ${name} in ${currency}`}
        placeholder="Inherited"
        inputMode="decimal"
        autoComplete="off"
        value={entry.typed}
        onChange={(event) => set({ typed: event.currentTarget.value })}
        error={errors[`rate ${entry.key}`]}
      />
      <NativeSelect
        aria-label={`${name}: for how long`}
        data={hoursOffered(entry.perHours)}
        value={String(entry.perHours)}
        onChange={(event) => set({ perHours: Number(event.currentTarget.value) })}
      />
      <Figure label="Inherited" rate={inherited} currency={currency} />
      <Figure label="Now" rate={now} currency={currency} />
      <Figure label="Then" rate={next} currency={currency}>
        {change !== null && change !== 0 && (
          <span className={`small ${change > 0 ? classes.dearer : classes.good}`}>
            {percentWords(change, locale, true)}
          </span>
        )}
      </Figure>
    </li>
  );
}

const hoursOffered = (perHours: number) =>
  HOURS.some(({ value }) => value === String(perHours))
    ? HOURS
    : [...HOURS, { value: String(perHours), label: `${perHours} hours` }];

interface FigureProps {
  label: string;
  rate: HourRate | null;
  currency: string;
  children?: React.ReactNode;
}

function Figure({ label, rate, currency, children }: FigureProps) {
  const { locale } = useFormats();
  const month = rate && forMonth(rate);
  return (
    <p className={`numeric ${classes.figure}`}>
      <span className={classes.figureLabel}>{label} </span>
      {month ? `${month.isExact ? "" : "≈ "}${shownAmount(month.minorUnits, currency, locale)}` : ABSENT} {children}
    </p>
  );
}

import { Checkbox, TextInput } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import type { OrderOffersQuery } from "../gql/graphql.js";
import type { FieldsProps } from "./MachineFields.js";
import classes from "./Order.module.css";
import { toggled } from "./order-form.js";

/** A rate of the price list that counts. */
export type Offer = NonNullable<NonNullable<OrderOffersQuery["organisation"]>["priceList"]>["rates"][number];

interface ExtraFieldsProps extends FieldsProps {
  /** Empty where they are not known: then the server says what has no price. */
  offers: readonly Offer[];
}

const MONTH_HOURS = 720;

const priceWords = ({ amount, perHours }: Offer): string =>
  perHours === MONTH_HOURS ? `${amount.formatted} a month` : `${amount.formatted} for ${perHours} hours`;

/** What comes beside the machine: backup, reserved bandwidth, and the services and licences of the price list. */
export function ExtraFields({ form, offers, errors, onChange }: ExtraFieldsProps) {
  const isOffered = (resource: Offer["resource"]) =>
    offers.length === 0 || offers.some((offer) => offer.resource === resource);
  return (
    <div className={classes.extras}>
      {isOffered("BACKUP") && (
        <Checkbox
          label="Back it up"
          checked={form.backup}
          onChange={(event) => onChange({ ...form, backup: event.currentTarget.checked })}
        />
      )}
      {isOffered("BANDWIDTH") && (
        <TextInput
          label="Reserved bandwidth in Mbit/s"
          description="Empty: a share of what there is, without a charge."
          inputMode="numeric"
          value={form.bandwidthMbit}
          onChange={(event) => onChange({ ...form, bandwidthMbit: event.currentTarget.value })}
          error={errors.bandwidthMbit}
        />
      )}
      <Codes
        title="Services"
        offers={offers.filter(({ resource }) => resource === "EXTRA_SERVICE")}
        chosen={form.extraServices}
        error={errors.extraServices}
        onToggle={(code) => onChange({ ...form, extraServices: toggled(form.extraServices, code) })}
      />
      <Codes
        title="Licences"
        offers={offers.filter(({ resource }) => resource === "LICENCE")}
        chosen={form.licences}
        error={errors.licences}
        onToggle={(code) => onChange({ ...form, licences: toggled(form.licences, code) })}
      />
    </div>
  );
}

interface CodesProps {
  title: string;
  offers: readonly Offer[];
  chosen: readonly string[];
  error: string | undefined;
  onToggle(code: string): void;
}

function Codes({ title, offers, chosen, error, onToggle }: CodesProps) {
  if (offers.length === 0) return null;
  return (
    <fieldset className={classes.codes}>
      <legend>{title}</legend>
      {offers.map((offer) => {
        const code = offer.code ?? "";
        return (
          <Checkbox
            key={code}
            label={`${code}, ${priceWords(offer)}`}
            checked={chosen.includes(code)}
            onChange={() => onToggle(code)}
          />
        );
      })}
      <ProblemText>{error}</ProblemText>
    </fieldset>
  );
}

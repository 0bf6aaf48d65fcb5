import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Radio.css";
import { Button, NativeSelect, Radio, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { booksNow } from "../api/books.js";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { CURRENCIES, typedAmount } from "../format/money-entry.js";
import type { HowItPaysQuery, ModeChangeFragment } from "../gql/graphql.js";
import { AT_ONCE, BeginField } from "../prices/BeginField.js";
import { shownAmount } from "../prices/money-words.js";
import { useMoment } from "../prices/use-moment.js";
import classes from "./Modes.module.css";
import { payingBefore, plannedAfter, type Standing } from "./mode-changes.js";
import { effectiveFrom, type ModeForm, missingOf, payingOf } from "./mode-form.js";
import { MODE_CHOICES, meaningOf, payingWords } from "./mode-words.js";
import { type Conflict, useChangeMode } from "./use-change-mode.js";

export type WalletOfMode = NonNullable<NonNullable<HowItPaysQuery["organisation"]>["wallets"]>[number];

interface ChangeModeProps {
  organisation: { id: string; name: string };
  wallets: readonly WalletOfMode[];
  standing: Standing;
  /** The planned change whose place another is to take; left out for one of its own. */
  replaces?: ModeChangeFragment;
  onDone(): void;
  onCancel(): void;
}

/** What is used of a wallet's credit, in minor units. */
const usedOf = ({ creditLimit, available }: WalletOfMode): bigint =>
  BigInt(creditLimit.minorUnits) - BigInt(available.minorUnits);

/** Asks how an organisation below is to pay, and from when on, with what that will mean. */
export function ChangeMode({ organisation, wallets, standing, replaces, onDone, onCancel }: ChangeModeProps) {
  const formats = useFormats();
  const { locale } = formats;
  const moment = useMoment();
  const [form, setForm] = useState(() => formOf(replaces ?? standing.now, wallets, replaces, locale));
  const wallet = wallets.find(({ currency }) => currency === form.currency);
  const used = wallet ? usedOf(wallet) : 0n;
  const usedWords = used > 0n ? shownAmount(used, form.currency, locale) : null;
  const wordsOf = ({ conflictingId, message }: Conflict): string =>
    conflictingId === wallet?.id && usedWords
      ? `${usedWords} of credit are used already: the limit must cover them.`
      : message;
  const change = useChangeMode(organisation.id, wordsOf, onDone);
  const set = (next: Partial<ModeForm>) => {
    setForm({ ...form, ...next });
    change.refuse({});
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wish = () => {
      const [paying, from] = [payingOf(form, formats), effectiveFrom(form, moment.now(), formats)];
      if (paying && from !== null) return { ...paying, effectiveFrom: from };
      change.refuse(missingOf(form, formats));
      moment.settle();
      return null;
    };
    change.ask(wish, moment.settle);
  };
  const currencies = wallets.length > 0 ? wallets.map(({ currency }) => currency) : CURRENCIES;
  return (
    <form noValidate className={classes.form} onSubmit={submit}>
      <Radio.Group
        label="Pays"
        value={form.mode}
        onChange={(mode) => set({ mode: mode === "INVOICED" ? "INVOICED" : "PREPAID" })}
        error={change.errors.mode}
      >
        <div className={classes.choices}>
          {MODE_CHOICES.map((choice) => (
            <Radio key={choice.value} {...choice} />
          ))}
        </div>
      </Radio.Group>
      {form.mode === "INVOICED" && currencies.length > 1 && (
        <NativeSelect
          label="Credit in"
          description="Wallets of other currencies have none."
          data={[...currencies]}
          value={form.currency}
          onChange={(event) => set({ currency: event.currentTarget.value })}
        />
      )}
      {form.mode === "INVOICED" && (
        <TextInput
          label={`Credit limit in ${form.currency}`}
          inputMode="decimal"
          autoComplete="off"
          value={form.limit}
          onChange={(event) => set({ limit: event.currentTarget.value })}
          error={change.errors.creditLimit}
          description={!change.errors.creditLimit && usedWords && `${usedWords} of credit are used at present.`}
          inputWrapperOrder={["label", "input", "error", "description"]}
        />
      )}
      {form.mode === "PREPAID" && change.errors.creditLimit && <ProblemText>{change.errors.creditLimit}</ProblemText>}
      {replaces ? (
        <>
          <p>
            Takes the place of what is planned: from {formats.dateTime(replaces.effectiveFrom)} on,{" "}
            {payingWords({ mode: replaces.mode, creditLimit: replaces.creditLimit ?? null })}.
          </p>
          <ProblemText>{change.errors.effectiveFrom}</ProblemText>
        </>
      ) : (
        <BeginField
          label="Counts from"
          value={form.begin}
          error={change.errors.effectiveFrom}
          onChange={(begin) => set({ begin })}
        />
      )}
      {!change.errors.effectiveFrom && <Meaning name={organisation.name} form={form} standing={standing} />}
      <ProblemText>{change.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={change.busy}>
          Change it
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What is asked for in a sentence, as soon as it is complete, and what is planned after it. */
function Meaning({ name, form, standing }: { name: string; form: ModeForm; standing: Standing }) {
  const formats = useFormats();
  const [to, from] = [payingOf(form, formats), effectiveFrom(form, booksNow(), formats)];
  if (to === null || from === null) return null;
  const isNow = form.replaces === null && form.begin.when === "now";
  const later = plannedAfter(standing, from);
  return (
    <div className={classes.meaning} aria-live="polite">
      <p>{meaningOf({ name, from: payingBefore(standing, from), to, when: isNow ? null : formats.dateTime(from) })}</p>
      {later.map((change) => (
        <p key={change.effectiveFrom}>
          Stays planned: from {formats.dateTime(change.effectiveFrom)} on,{" "}
          {payingWords({ mode: change.mode, creditLimit: change.creditLimit ?? null })}.
        </p>
      ))}
    </div>
  );
}

const formOf = (
  { mode, creditLimit }: { mode: ModeForm["mode"]; creditLimit?: ModeChangeFragment["creditLimit"] },
  wallets: readonly WalletOfMode[],
  replaces: ModeChangeFragment | undefined,
  locale: string | undefined,
): ModeForm => ({
  mode,
  currency: creditLimit?.currency ?? wallets[0]?.currency ?? CURRENCIES[0] ?? "",
  limit: creditLimit ? typedAmount(creditLimit.minorUnits, creditLimit.currency, locale) : "",
  begin: AT_ONCE,
  replaces: replaces?.effectiveFrom ?? null,
});

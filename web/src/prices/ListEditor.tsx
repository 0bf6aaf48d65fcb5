import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type PriceListWholeFragment, UpdatePriceListDocument } from "../gql/graphql.js";
import { type FormErrors, formOf, type ListForm, placeRefusals, readForm, withNamedRate } from "./editor-form.js";
import classes from "./Prices.module.css";
import { PublishList } from "./PublishList.js";
import { RateFields } from "./RateFields.js";
import { TierFields } from "./TierFields.js";

interface ListEditorProps {
  list: PriceListWholeFragment;
  /** The list that counts now, for the same organisation. */
  now: PriceListWholeFragment | null;
  /** The one that is inherited from; null where nobody is above. */
  above: PriceListWholeFragment | null;
}

/** Writes a draft, with what each rate becomes beside it; saved before it is published. */
export function ListEditor({ list, now, above }: ListEditorProps) {
  const { locale } = useFormats();
  const [update] = useMutation(UpdatePriceListDocument);
  const [form, setForm] = useState<ListForm>(() => formOf(list, locale));
  const [errors, setErrors] = useState<FormErrors>({});
  const [saved, setSaved] = useState(false);
  const [publishing, setPublishing] = useState(false);
  const action = useAction();

  const change = (next: ListForm) => {
    setForm(next);
    setErrors({});
    setSaved(false);
    action.forget();
  };
  const save = async (): Promise<string | null> => {
    const read = readForm(form, list.currency, locale);
    if ("errors" in read) {
      setErrors(read.errors);
      return "Nothing is saved yet: look at the fields that are marked.";
    }
    const answer = await update({ variables: { input: { priceListId: list.id, ...read.wish } } });
    const result = answer.data?.updatePriceList;
    if (!result) return NO_ANSWER;
    if (result.__typename === "PriceList") {
      setForm(formOf(result, locale));
      setSaved(true);
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    const placed = placeRefusals(result.fields, read.keys, form.tiers);
    setErrors(placed.errors);
    return placed.rest[0] ?? "Nothing is saved yet: look at the fields that are marked.";
  };
  const saveAndAsk = async () => {
    const problem = await save();
    if (problem === null) setPublishing(true);
    return problem;
  };

  return (
    <>
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          action.run(save);
        }}
      >
        <div className={classes.general}>
          <TextInput
            label="Name"
            autoComplete="off"
            value={form.name}
            onChange={(event) => change({ ...form, name: event.currentTarget.value })}
            error={errors["name"]}
          />
          <TextInput
            label="Markup on what is inherited, in %"
            inputMode="decimal"
            value={form.markup}
            onChange={(event) => change({ ...form, markup: event.currentTarget.value })}
            error={errors["markup"]}
          />
          <TextInput
            label="Adjustment of everything, in %"
            inputMode="decimal"
            value={form.tierAdjustment}
            onChange={(event) => change({ ...form, tierAdjustment: event.currentTarget.value })}
            error={errors["tierAdjustment"]}
          />
        </div>
        <Panel
          title="Rates, without tax"
          aside={
            <div className={classes.buttons}>
              <Button variant="default" size="xs" onClick={() => change(withNamedRate(form, "EXTRA_SERVICE"))}>
                Add a service
              </Button>
              <Button variant="default" size="xs" onClick={() => change(withNamedRate(form, "LICENCE"))}>
                Add a licence
              </Button>
            </div>
          }
        >
          <p className={classes.note}>
            {above
              ? `What is left empty is inherited from ${above.name}, with the markup.`
              : "Nobody is above: what is left empty cannot be sold under this list."}
          </p>
          <RateFields form={form} errors={errors} currency={list.currency} now={now} above={above} onChange={change} />
        </Panel>
        <Panel title="Discount for volume, by the spend of the last 30 days">
          <TierFields form={form} errors={errors} currency={list.currency} onChange={change} />
        </Panel>
        <ProblemText>{action.problem}</ProblemText>
        <div className={classes.buttons}>
          <Button type="submit" variant="default" loading={action.busy}>
            Save the draft
          </Button>
          <Button disabled={action.busy} onClick={() => action.run(saveAndAsk)}>
            Publish…
          </Button>
          <span role="status" className={classes.saved}>
            {saved && "Saved. Nothing changes for anybody before it is published."}
          </span>
        </div>
      </form>
      {/* Outside the form: Enter in a field of the dialog is not meant for the draft. */}
      <Dialog title={`Publish ${list.name}`} open={publishing} onClose={() => setPublishing(false)}>
        <PublishList list={list} onDone={() => setPublishing(false)} />
      </Dialog>
    </>
  );
}

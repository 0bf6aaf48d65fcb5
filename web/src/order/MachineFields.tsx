import { NativeSelect, TextInput } from "@mantine/core";
import { Panel } from "../components/Panel.js";
import { ABSENT } from "../format/formats.js";
import type { OrderOptionsQuery } from "../gql/graphql.js";
import { DiskFields } from "./DiskFields.js";
import { ExtraFields, type Offer } from "./ExtraFields.js";
import classes from "./Order.module.css";
import { type FieldErrors, IMAGES, type OrderForm, withTemplate } from "./order-form.js";

export type Template = NonNullable<OrderOptionsQuery["vmTemplates"]>[number];

export interface FieldsProps {
  form: OrderForm;
  errors: FieldErrors;
  onChange(form: OrderForm): void;
}

interface MachineFieldsProps extends FieldsProps {
  templates: readonly Template[];
  offers: readonly Offer[];
}

/** What the machine shall be, step by step: its size, its disks, what comes beside it, and what it is called. */
export function MachineFields({ form, templates, offers, errors, onChange }: MachineFieldsProps) {
  const set = (change: Partial<OrderForm>) => onChange({ ...form, ...change });
  return (
    <>
      <Panel title="1. Size">
        <fieldset className={classes.sizes}>
          <legend className="visually-hidden">Size</legend>
          {templates.map((template) => (
            <Size
              key={template.id}
              title={template.name}
              detail={`${template.vcpus} vCPU · ${template.memoryGb} GB memory · ${template.storageGb} GB disk`}
              price={template.monthly ? `${template.monthly.formatted} a month` : ABSENT}
              chosen={form.templateId === template.id}
              onChoose={() => onChange(withTemplate(form, template))}
            />
          ))}
          <Size
            title="Custom"
            detail="Cores, memory and disk as you like"
            price="Priced by its parts"
            chosen={form.templateId === null}
            onChoose={() => set({ templateId: null })}
          />
        </fieldset>
        {form.templateId === null && (
          <div className={classes.fields}>
            <TextInput
              label="vCPU"
              inputMode="numeric"
              value={form.vcpus}
              onChange={(event) => set({ vcpus: event.currentTarget.value })}
              error={errors.vcpus}
            />
            <TextInput
              label="Memory in GB"
              inputMode="numeric"
              value={form.memoryGb}
              onChange={(event) => set({ memoryGb: event.currentTarget.value })}
              error={errors.memoryGb}
            />
          </div>
        )}
      </Panel>
      <Panel title="2. Disks">
        <DiskFields form={form} errors={errors} onChange={onChange} />
      </Panel>
      <Panel title="3. Backup, network, services and licences">
        <ExtraFields form={form} offers={offers} errors={errors} onChange={onChange} />
      </Panel>
      <Panel title="4. Name">
        <div className={classes.fields}>
          <TextInput
            label="Name"
            autoComplete="off"
            value={form.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={errors.name}
          />
          <NativeSelect
            label="Image"
            data={[...IMAGES]}
            value={form.image}
            onChange={(event) => set({ image: event.currentTarget.value })}
            error={errors.image}
          />
        </div>
      </Panel>
    </>
  );
}

interface SizeProps {
  title: string;
  detail: string;
  price: string;
  chosen: boolean;
  onChoose(): void;
}

function Size({ title, detail, price, chosen, onChoose }: SizeProps) {
  return (
    <label className={classes.size}>
      <input type="radio" name="size" checked={chosen} onChange={onChoose} />
      <span className={classes.sizeTitle}>{title}</span>
      <span className="small dimmed">{detail}</span>
      <span className={classes.sizePrice}>{price}</span>
    </label>
  );
}

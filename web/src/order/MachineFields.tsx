import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { Panel } from "../components/Panel.js";
import { ABSENT } from "../format/formats.js";
import type { OrderOptionsQuery, StorageClass } from "../gql/graphql.js";
import classes from "./Order.module.css";
import { type FieldErrors, IMAGES, type OrderForm, withTemplate } from "./order-form.js";

export type Template = NonNullable<OrderOptionsQuery["vmTemplates"]>[number];

const STORAGE: { value: StorageClass; label: string }[] = [
  { value: "STANDARD", label: "Standard" },
  { value: "SSD", label: "SSD" },
  { value: "NVME", label: "NVMe" },
];

interface MachineFieldsProps {
  form: OrderForm;
  templates: readonly Template[];
  errors: FieldErrors;
  onChange(form: OrderForm): void;
}

/** What the machine shall be: a size on offer or one of one's own, and its options. */
export function MachineFields({ form, templates, errors, onChange }: MachineFieldsProps) {
  const set = (change: Partial<OrderForm>) => onChange({ ...form, ...change });
  return (
    <>
      <Panel title="Size">
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
        {form.templateId === null && <CustomSize form={form} errors={errors} set={set} />}
      </Panel>
      <Panel title="Machine">
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
        <Checkbox
          mt="md"
          label="Back it up"
          checked={form.backup}
          onChange={(event) => set({ backup: event.currentTarget.checked })}
        />
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

interface CustomSizeProps {
  form: OrderForm;
  errors: FieldErrors;
  set(change: Partial<OrderForm>): void;
}

function CustomSize({ form, errors, set }: CustomSizeProps) {
  return (
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
      <TextInput
        label="Disk in GB"
        inputMode="numeric"
        value={form.storageGb}
        onChange={(event) => set({ storageGb: event.currentTarget.value })}
        error={errors.storageGb}
      />
      <NativeSelect
        label="Kind of disk"
        data={STORAGE}
        value={form.storage}
        onChange={(event) => {
          const chosen = STORAGE.find(({ value }) => value === event.currentTarget.value);
          if (chosen) set({ storage: chosen.value });
        }}
      />
    </div>
  );
}

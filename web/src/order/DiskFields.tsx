import { Button, NativeSelect, TextInput } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import type { StorageClass } from "../gql/graphql.js";
import type { FieldsProps } from "./MachineFields.js";
import classes from "./Order.module.css";
import { MOST_DISKS, withDisk, withOneMoreDisk, withoutDisk } from "./order-form.js";

const STORAGE: { value: StorageClass; label: string }[] = [
  { value: "STANDARD", label: "Standard" },
  { value: "SSD", label: "SSD" },
  { value: "NVME", label: "NVMe" },
];

/** The disks, the one to start from first. */
export function DiskFields({ form, errors, onChange }: FieldsProps) {
  return (
    <>
      {form.disks.map((disk, index) => {
        const name = `Disk ${index + 1}`;
        return (
          <fieldset key={disk.key} className={classes.disk}>
            <legend className="visually-hidden">{name}</legend>
            <TextInput
              label={`${name} in GB`}
              inputMode="numeric"
              value={disk.sizeGb}
              onChange={(event) => onChange(withDisk(form, disk.key, { sizeGb: event.currentTarget.value }))}
              error={errors[`disk${index}`]}
            />
            <NativeSelect
              label="Kind"
              aria-label={`Kind of disk ${index + 1}`}
              data={STORAGE}
              value={disk.storage}
              onChange={(event) => {
                const chosen = STORAGE.find(({ value }) => value === event.currentTarget.value);
                if (chosen) onChange(withDisk(form, disk.key, { storage: chosen.value }));
              }}
            />
            {form.disks.length > 1 && (
              <Button
                variant="subtle"
                aria-label={`Remove disk ${index + 1}`}
                onClick={() => onChange(withoutDisk(form, disk.key))}
              >
                Remove
              </Button>
            )}
          </fieldset>
        );
      })}
      <ProblemText>{errors.disks}</ProblemText>
      {form.disks.length < MOST_DISKS && (
        <Button variant="default" size="xs" onClick={() => onChange(withOneMoreDisk(form))}>
          Add a disk
        </Button>
      )}
    </>
  );
}

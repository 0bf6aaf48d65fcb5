import { expect, it } from "vitest";
import { keepForm, keptForm } from "./kept-form.js";
import { EMPTY_FORM, type OrderForm } from "./order-form.js";

const tab = (written: string | null = null) => {
  let kept = written;
  return {
    getItem: () => kept,
    setItem: (_key: string, text: string) => {
      kept = text;
    },
  };
};

it("is the same again after a way to a payment provider and back", () => {
  const form: OrderForm = {
    ...EMPTY_FORM,
    name: "web-1",
    disks: [{ key: 3, sizeGb: "80", storage: "NVME" }],
    licences: ["WINDOWS"],
    interval: "ANNUAL",
  };
  const storage = tab();
  keepForm(storage, form);
  expect(keptForm(storage)).toEqual(form);
});

it.each([
  null,
  "{",
  "[]",
  "7",
  JSON.stringify({ ...EMPTY_FORM, interval: "WEEKLY" }),
  JSON.stringify({ ...EMPTY_FORM, image: "Windows" }),
  JSON.stringify({ ...EMPTY_FORM, name: 5 }),
  JSON.stringify({ ...EMPTY_FORM, disks: [{ key: 0, sizeGb: "1", storage: "TAPE" }] }),
])("is nothing where somebody else wrote it: %s", (written) => {
  expect(keptForm(tab(written))).toBeNull();
});

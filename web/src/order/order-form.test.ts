import { describe, expect, it } from "vitest";
import { configOf, EMPTY_FORM, placeProblems, pricedConfig, problemsOf, withTemplate } from "./order-form.js";

const MEDIUM = { id: "t2", vcpus: 2, memoryGb: 4, storageGb: 60 };

describe("the form of an order", () => {
  it("asks for a name first of all, and for one that a machine can have", () => {
    expect(problemsOf(EMPTY_FORM)).toEqual({ name: "Give the machine a name." });
    expect(problemsOf({ ...EMPTY_FORM, name: "web-1" })).toEqual({});
    for (const name of ["-web", "web-", "we b", "w".repeat(64)]) {
      expect(problemsOf({ ...EMPTY_FORM, name })).toHaveProperty("name");
    }
  });

  it("wants whole sizes of a custom machine, and none of a template's", () => {
    const broken = { ...EMPTY_FORM, name: "web-1", vcpus: "0", memoryGb: "1.5", storageGb: "" };
    expect(Object.keys(problemsOf(broken))).toEqual(["vcpus", "memoryGb", "storageGb"]);
    expect(problemsOf({ ...broken, templateId: "t2" })).toEqual({});
  });

  it("sends a template by its id, and a custom machine by its sizes", () => {
    expect(configOf({ ...withTemplate(EMPTY_FORM, MEDIUM), name: " web-1 " })).toEqual({
      name: "web-1",
      image: "Debian 13",
      backup: false,
      templateId: "t2",
    });
    expect(configOf({ ...withTemplate(EMPTY_FORM, MEDIUM), templateId: null, name: "web-1" })).toMatchObject({
      vcpus: 2,
      memoryGb: 4,
      disks: [{ sizeGb: 60, storage: "SSD" }],
    });
  });

  it("is priced before it has a name, and not anew with every letter of it", () => {
    expect(pricedConfig(EMPTY_FORM)).toEqual(pricedConfig({ ...EMPTY_FORM, name: "web-1" }));
    expect(pricedConfig({ ...EMPTY_FORM, vcpus: "x" })).toBeNull();
  });

  it("shows the server's problems where they belong", () => {
    const placed = placeProblems([
      { path: ["vm", "name"], message: "Taken." },
      { path: ["vm", "disks", "0", "sizeGb"], message: "Too large." },
      { path: ["interval"], message: "Not offered." },
    ]);
    expect(placed).toEqual({ fields: { name: "Taken.", storageGb: "Too large." }, rest: ["Not offered."] });
  });
});

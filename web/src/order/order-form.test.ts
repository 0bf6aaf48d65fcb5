import { describe, expect, it } from "vitest";
import {
  configOf,
  EMPTY_FORM,
  placeProblems,
  pricedConfig,
  problemsOf,
  toggled,
  withDisk,
  withOneMoreDisk,
  withoutDisk,
  withTemplate,
} from "./order-form.js";

const MEDIUM = { id: "t2", vcpus: 2, memoryGb: 4, storageGb: 60 };

describe("the form of an order", () => {
  it("asks for a name first of all, and for one that a machine can have", () => {
    expect(problemsOf(EMPTY_FORM)).toEqual({ name: "Give the machine a name." });
    expect(problemsOf({ ...EMPTY_FORM, name: "web-1" })).toEqual({});
    for (const name of ["-web", "web-", "we b", "w".repeat(64)]) {
      expect(problemsOf({ ...EMPTY_FORM, name })).toHaveProperty("name");
    }
  });

  it("wants whole sizes of a custom machine, and only of its disks with a template", () => {
    const broken = withDisk({ ...EMPTY_FORM, name: "web-1", vcpus: "0", memoryGb: "1.5" }, 0, { sizeGb: "" });
    expect(Object.keys(problemsOf(broken))).toEqual(["vcpus", "memoryGb", "disk0"]);
    expect(Object.keys(problemsOf({ ...broken, templateId: "t2" }))).toEqual(["disk0"]);
    expect(problemsOf({ ...EMPTY_FORM, name: "web-1", bandwidthMbit: "fast" })).toHaveProperty("bandwidthMbit");
    expect(problemsOf(withoutDisk({ ...EMPTY_FORM, name: "web-1" }, 0))).toHaveProperty("disks");
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

  it("sends a template's disk along as soon as somebody changes the disks, and what is wanted beside them", () => {
    const form = withDisk(withOneMoreDisk(withTemplate(EMPTY_FORM, MEDIUM)), 1, { sizeGb: "500", storage: "STANDARD" });
    expect(configOf({ ...form, bandwidthMbit: "100", extraServices: toggled([], "firewall") })).toMatchObject({
      templateId: "t2",
      disks: [
        { sizeGb: 60, storage: "SSD" },
        { sizeGb: 500, storage: "STANDARD" },
      ],
      bandwidthMbit: 100,
      extraServices: ["firewall"],
    });
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(withOneMoreDisk(withoutDisk(form, 0)).disks.map(({ key }) => key)).toEqual([1, 2]);
  });

  it("is priced before it has a name, and not anew with every letter of it", () => {
    expect(pricedConfig(EMPTY_FORM)).toEqual(pricedConfig({ ...EMPTY_FORM, name: "web-1" }));
    expect(pricedConfig({ ...EMPTY_FORM, vcpus: "x" })).toBeNull();
  });

  it("shows the server's problems where they belong", () => {
    const placed = placeProblems([
      { path: ["vm", "name"], message: "Taken." },
      { path: ["vm", "disks", "1", "sizeGb"], message: "Too large." },
      { path: ["vm", "disks"], message: "Too many." },
      { path: ["interval"], message: "Not offered." },
    ]);
    expect(placed).toEqual({
      fields: { name: "Taken.", disk1: "Too large.", disks: "Too many." },
      rest: ["Not offered."],
    });
  });
});

import { describe, expect, it } from "vitest";
import { powerActions } from "./power.js";

describe("what can be asked of a machine", () => {
  it("depends on its state", () => {
    expect(powerActions("RUNNING", true, true)).toEqual(["stop", "reboot", "delete"]);
    expect(powerActions("STOPPED", true, true)).toEqual(["start", "delete"]);
    expect(powerActions("SUSPENDED", true, true)).toEqual(["delete"]);
    expect(powerActions("PROVISIONING", true, true)).toEqual([]);
    expect(powerActions("DELETED", true, true)).toEqual([]);
  });

  it("and on what one may do", () => {
    expect(powerActions("RUNNING", false, false)).toEqual([]);
    expect(powerActions("RUNNING", false, true)).toEqual(["delete"]);
    expect(powerActions("RUNNING", true, false)).toEqual(["stop", "reboot"]);
  });
});

import { describe, expect, it } from "vitest";
import { heirOf } from "./keep-focus.js";

const standing = (isConnected: boolean, ...states: string[]) => ({
  isConnected,
  matches: (selector: string) => states.includes(selector),
});

describe("the focus that nothing has any more", () => {
  it("goes back to what had it, and waits for it while it is busy", () => {
    const button = standing(true);
    expect(heirOf(button, [standing(true)])).toBe(button);
    expect(heirOf(standing(true, ":disabled"), [standing(true)])).toBeNull();
  });

  it("goes to the nearest part of the page that is left when what had it is gone", () => {
    const panel = standing(true);
    const around = [standing(false), standing(true, "dialog:not([open]), :disabled"), panel, standing(true)];
    expect(heirOf(standing(false), around)).toBe(panel);
    expect(heirOf(standing(false), [standing(false)])).toBeNull();
  });
});

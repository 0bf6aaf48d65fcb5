import { describe, expect, it } from "vitest";
import { createIntent } from "./intent.js";

describe("the key of an intent", () => {
  const numbered = () => {
    let count = 0;
    return createIntent(() => {
      count += 1;
      return `key-${count}`;
    });
  };

  it("stays for a retry of the same input", () => {
    const intent = numbered();
    expect(intent.keyFor({ amount: "1" })).toBe(intent.keyFor({ amount: "1" }));
  });

  it("is another one for another input, and after the intent was settled", () => {
    const intent = numbered();
    const keys = [intent.keyFor({ amount: "1" }), intent.keyFor({ amount: "2" })];
    intent.settle();
    expect([...keys, intent.keyFor({ amount: "2" })]).toEqual(["key-1", "key-2", "key-3"]);
  });

  it("is random", () => {
    expect(createIntent().keyFor({})).toMatch(/^[0-9a-f]{32}$/);
    expect(createIntent().keyFor({})).not.toBe(createIntent().keyFor({}));
  });
});

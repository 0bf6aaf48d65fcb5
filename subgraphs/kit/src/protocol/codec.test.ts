import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode } from "./codec.js";

describe("the JSON codec", () => {
  it("gives every value back as it was, beyond 2^53 and with keys that look like its own tags", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
    );
    const key = fc.oneof(fc.string(), fc.constantFrom("$bigint", "$date", "$bytes", "$object"));
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(key, tie("node"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  it("refuses what JSON cannot hold rather than losing it", () => {
    expect(() => encode({ rate: Number.NaN })).toThrow(TypeError);
    expect(() => encode(() => 1)).toThrow(TypeError);
  });
});

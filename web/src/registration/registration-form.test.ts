import { describe, expect, it } from "vitest";
import { errorsOfFields, missingIn, phoneFrom } from "./registration-form.js";

describe("the forms of registration", () => {
  it("takes a phone number as people write it", () => {
    expect(phoneFrom(" +27 (82) 123-45.67 ")).toBe("+27821234567");
    expect(phoneFrom("0027 82 123 4567")).toBe("+27821234567");
    expect(phoneFrom("")).toBe("");
  });

  it("asks for what is missing, and only for fields that the form has", () => {
    expect(missingIn({ displayName: "", password: "", phone: "082" })).toEqual({
      displayName: expect.any(String),
      password: expect.any(String),
      phone: expect.any(String),
    });
    expect(missingIn({ email: "nobody@example", organisationName: "" })).toEqual({
      email: expect.any(String),
      organisationName: expect.any(String),
    });
    expect(
      missingIn({ displayName: "Sipho", password: "Violet-Anchor-81", phone: "", email: "s@example.com" }),
    ).toEqual({});
  });

  it("puts what the server refused at its field", () => {
    expect(errorsOfFields([{ path: ["displayName"], message: "Too long." }])).toEqual({ displayName: "Too long." });
  });
});

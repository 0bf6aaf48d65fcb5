import { describe, expect, it } from "vitest";
import { checksumOf, isSealed, readForm, sealedForm } from "./paygate-form.js";

const KEY = "secret";

/** PayGate's published example of a request. */
const REQUEST = {
  PAYGATE_ID: "10011072130",
  REFERENCE: "pgtest_123456789",
  AMOUNT: "3299",
  CURRENCY: "ZAR",
  RETURN_URL: "https://my.return.url/page",
  TRANSACTION_DATE: "2018-01-01 12:00:00",
  LOCALE: "en-za",
  COUNTRY: "ZAF",
  EMAIL: "customer@paygate.co.za",
};

/** PayGate's published example of a notification. */
const NOTIFICATION =
  "PAYGATE_ID=10011072130&PAY_REQUEST_ID=23B785AE-C96C-32AF-4879-D2C9363DB6E8&REFERENCE=pgtest_123456789" +
  "&TRANSACTION_STATUS=1&RESULT_CODE=990017&AUTH_CODE=5T8A0Z&CURRENCY=ZAR&AMOUNT=3299&RESULT_DESC=Auth+Done" +
  "&TRANSACTION_ID=78705178&RISK_INDICATOR=AX&PAY_METHOD=CC&PAY_METHOD_DETAIL=Visa" +
  "&CHECKSUM=f57ccf051307d8d0a0743b31ea379aa1";

const formOf = (text: string) => readForm(text) ?? new Map<string, string>();

describe("the checksum of PayWeb3", () => {
  it("is the published one of the published request", () => {
    expect(sealedForm(REQUEST, KEY).get("CHECKSUM")).toBe("59229d9c6cb336ae4bd287c87e6f0220");
  });

  it("is the published one of the published redirect", () => {
    const values = [REQUEST.PAYGATE_ID, "23B785AE-C96C-32AF-4879-D2C9363DB6E8", REQUEST.REFERENCE];
    expect(checksumOf(values, KEY)).toBe("b41a77f83a275a849f23e30b4666e837");
  });

  it("fits the published notification, whatever the case of its digits", () => {
    expect(isSealed(formOf(NOTIFICATION), KEY)).toBe(true);
    const upper = NOTIFICATION.replace(/f57cc\w+/, (digest) => digest.toUpperCase());
    expect(isSealed(formOf(upper), KEY)).toBe(true);
  });

  it.each([
    ["another amount", NOTIFICATION.replace("AMOUNT=3299", "AMOUNT=329900")],
    ["another status", NOTIFICATION.replace("STATUS=1", "STATUS=2")],
    ["a field more", `${NOTIFICATION}&USER1=x`],
    ["a field less", NOTIFICATION.replace("&RISK_INDICATOR=AX", "")],
    ["no checksum", NOTIFICATION.replace(/&CHECKSUM=\w+/, "")],
    ["half a checksum", NOTIFICATION.slice(0, -16)],
  ])("does not fit %s", (_, text) => {
    expect(isSealed(formOf(text), KEY)).toBe(false);
  });

  it("does not fit under another key", () => {
    expect(isSealed(formOf(NOTIFICATION), "secret2")).toBe(false);
  });
});

describe("a form of PayWeb3", () => {
  it("is not read when a field is there twice", () => {
    expect(readForm(`${NOTIFICATION}&AMOUNT=1`)).toBeNull();
  });

  it("is sent in the order in which it was written, the checksum last", () => {
    expect([...sealedForm(REQUEST, KEY).keys()]).toEqual([...Object.keys(REQUEST), "CHECKSUM"]);
  });
});

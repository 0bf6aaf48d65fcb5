import { expect, test } from "vitest";
import { stepLink } from "./step-link.js";

test("a provider's page is where the provider says", () => {
  expect(stepLink("https://checkout.stripe.com/c/pay/cs_1?a=b")).toBe("https://checkout.stripe.com/c/pay/cs_1?a=b");
});

test("a simulated one is on this origin, however the server calls itself", () => {
  const link = "http://localhost:4000/demo/payments?provider=STRIPE&id=cs_1";
  expect(stepLink(link)).toBe("/demo/payments?provider=STRIPE&id=cs_1");
});

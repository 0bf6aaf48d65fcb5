import { formatMoney } from "@tollgate/kit";
import type { OnlineProvider } from "../provider.js";
import type { Checkout } from "./simulated.js";

const STYLE = `
:root { color-scheme: light dark; --ground: #f3f4f6; --card: #fff; --line: #d8dbe0; --text: #1d2430; --quiet: #5a6474; --accent: #0f6f66; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #101418; --card: #191f25; --line: #323a44; --text: #e6eaef; --quiet: #9aa6b4; --accent: #5fd3c6; --on: #06211e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 26rem; margin: 0 auto; padding: 3rem 1rem; }
article { padding: 1.5rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
h1 { margin: 0; font-size: 1.25rem; }
p { margin: .25rem 0 0; } .quiet { color: var(--quiet); font-size: .875rem; }
.amount { margin: 1rem 0 0; font-size: 2rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
form, .ways { display: grid; gap: .75rem; margin-top: 1.5rem; }
button, .button { display: block; width: 100%; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: .25rem; background: transparent; color: inherit; font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on); font-weight: 600; }
button:focus-visible, .button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

export const PROVIDER_NAMES: Readonly<Record<OnlineProvider, string>> = {
  PAYSTACK: "Paystack",
  PAYGATE: "PayGate",
  MIDTRANS: "Midtrans",
  STRIPE: "Stripe",
};

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="/favicon.svg">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<article>
<h1>${escaped(title)}</h1>
${content}
</article>
</main>
</body>
</html>
`;

const ENDED = { PAID: "This payment is made already.", NOT_PAID: "This payment came to nothing." } as const;

/**
 * Where a person pays at a provider of the demo, as a page without scripts.
 * @param id of the page's address.
 * @param back where the browser goes on to.
 */
export const checkoutPage = (
  name: OnlineProvider,
  id: string,
  { reference, amount, outcome }: Checkout,
  back: string,
): string => {
  const ways =
    outcome === "OPEN"
      ? `<form method="post" action="/demo/payments">
<input type="hidden" name="provider" value="${name}">
<input type="hidden" name="id" value="${escaped(id)}">
<button class="main" name="choice" value="pay">Pay</button>
<button name="choice" value="decline">Decline</button>
</form>`
      : `<p>${ENDED[outcome]}</p>`;
  return page(
    `${PROVIDER_NAMES[name]}, simulated`,
    `<p class="quiet">No money moves here, and no account is needed: this page stands in for the provider's.</p>
<p class="amount">${escaped(formatMoney(amount))}</p>
<p class="quiet">Reference ${escaped(reference)}</p>
${ways}
<div class="ways"><a class="button" href="${escaped(back)}">Close</a></div>`,
  );
};

/** For a payment that is unknown. */
export const unknownPage = (): string =>
  page(
    "Unknown payment",
    `<p>The simulated provider knows no such payment. Cancel the top-up in the wallet and begin another one.</p>
<div class="ways"><a class="button" href="/wallet">To the wallet</a></div>`,
  );

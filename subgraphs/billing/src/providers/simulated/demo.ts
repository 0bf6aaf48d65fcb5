import type { Worker } from "@tollgate/kit";
import type { Logger } from "@tollgate/kit/process";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import type { OnlineProvider, StandIn, WebhookRequest } from "../provider.js";
import type { SimulatedMemory } from "./memory.js";
import { MidtransServer } from "./midtrans.js";
import { checkoutPage, unknownPage } from "./page.js";
import { PayGateServer } from "./paygate.js";
import { PaystackServer } from "./paystack.js";
import { listenOnLoopback } from "./server.js";
import type { Reply, SimulatedProvider, TakenRequest } from "./simulated.js";
import { StripeServer } from "./stripe.js";

const PAGE = "/demo/payments";
/** A browser posts PayGate's form there. */
const PAYGATE_PAGE = "/demo/payments/paygate";
const MOST_BYTES = 16 * 1024;

/** Whose interface has paths that begin like this. */
const INTERFACES: readonly (readonly [RegExp, OnlineProvider])[] = [
  [/^\/(?:transaction|refund)\b/, "PAYSTACK"],
  [/^\/v1\//, "STRIPE"],
  [/^\/(?:snap|v2)\//, "MIDTRANS"],
  [/^\/payweb3\//, "PAYGATE"],
];

const html = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  body,
});

/** A link as a path of whichever address the browser reached us by. */
const ownPath = (url: string): string => {
  if (!URL.canParse(url)) return "/wallet";
  const { pathname, search } = new URL(url);
  return pathname + search;
};

const onward = (path: string): PassThroughResponse => ({
  status: 303,
  headers: { location: path, "cache-control": "no-store" },
  body: "",
});

/**
 * The demo's payment providers: each speaks its wire format on this computer alone, has a page where a person pays or
 * declines, and sends webhooks signed as the real ones are. What they know outlives the process.
 */
export class DemoPayments implements Worker {
  readonly name = "demo-payments";
  private readonly payGate = new PayGateServer();
  private readonly providers: ReadonlyMap<OnlineProvider, SimulatedProvider>;
  private listening: { address: string; stop: () => Promise<void> } | null = null;

  /** @param deliver takes a webhook as it comes from outside. @returns the status that it is answered with. */
  constructor(
    private readonly publicUrl: string,
    private readonly logger: Logger,
    private readonly memory: SimulatedMemory,
    private readonly deliver: (name: OnlineProvider, webhook: WebhookRequest) => Promise<number>,
  ) {
    const all: SimulatedProvider[] = [
      new PaystackServer((id) => this.pageOf("PAYSTACK", id)),
      new StripeServer((id) => this.pageOf("STRIPE", id)),
      new MidtransServer((id) => this.pageOf("MIDTRANS", id)),
      this.payGate,
    ];
    this.providers = new Map(all.map((provider) => [provider.name, provider]));
  }

  async start(): Promise<void> {
    await this.memory.recall(this.providers.values());
    this.listening = await listenOnLoopback(
      (request) => this.answer(request),
      () => this.afterAnswer(),
    );
  }

  async stop(): Promise<void> {
    await this.listening?.stop();
    this.listening = null;
    await this.remember();
  }

  /** For a provider that nobody gave keys of their own for; null before the start. */
  standIn(name: OnlineProvider): StandIn | null {
    const provider = this.providers.get(name);
    if (!provider || !this.listening) return null;
    const page = new URL(PAYGATE_PAGE, this.publicUrl).toString();
    return { credentials: provider.credentials, address: this.listening.address, page };
  }

  routes(): PassThroughRoute[] {
    return [
      { method: "GET", path: PAGE, handle: async ({ query }) => this.show(query.get("provider"), query.get("id")) },
      { method: "POST", path: PAGE, maxBytes: MOST_BYTES, handle: (request) => this.choose(request) },
      { method: "POST", path: PAYGATE_PAGE, maxBytes: MOST_BYTES, handle: async (request) => this.showPosted(request) },
    ];
  }

  private answer(request: TakenRequest): Reply {
    const [, name] = INTERFACES.find(([paths]) => paths.test(request.path)) ?? [];
    const provider = name && this.providers.get(name);
    return provider?.answer(request) ?? { status: 404, contentType: "text/plain", body: "Nobody answers here." };
  }

  private show(name: string | null, id: string | null): PassThroughResponse {
    const provider = this.named(name);
    const checkout = id === null ? null : provider?.checkout(id);
    if (!(provider && checkout && id !== null)) return html(404, unknownPage());
    return html(200, checkoutPage(provider.name, id, checkout, ownPath(checkout.returnUrl)));
  }

  /** PayGate's page is reached by a form with a checksum. */
  private showPosted({ rawBody }: PassThroughRequest): PassThroughResponse {
    const form = new URLSearchParams(Buffer.from(rawBody).toString());
    const id = form.get("PAY_REQUEST_ID") ?? "";
    if (!this.payGate.isOurs(id, form.get("CHECKSUM") ?? "")) return html(404, unknownPage());
    return this.show("PAYGATE", id);
  }

  /** The person pays or declines: the provider tells us, then sends the browser back. */
  private async choose({ rawBody }: PassThroughRequest): Promise<PassThroughResponse> {
    const form = new URLSearchParams(Buffer.from(rawBody).toString());
    const provider = this.named(form.get("provider"));
    const checkout = provider?.checkout(form.get("id") ?? "");
    if (!(provider && checkout)) return html(404, unknownPage());
    const { reference, outcome, returnUrl } = checkout;
    const choice = form.get("choice");
    if (outcome === "OPEN" && (choice === "pay" || choice === "decline")) {
      const webhook = choice === "pay" ? provider.pay(reference) : provider.decline(reference);
      await this.remember();
      await this.send(provider, webhook);
    }
    return onward(ownPath(returnUrl));
  }

  private named(name: string | null): SimulatedProvider | null {
    return [...this.providers.values()].find((provider) => provider.name === name) ?? null;
  }

  private pageOf(name: OnlineProvider, id: string): string {
    return new URL(`${PAGE}?${new URLSearchParams({ provider: name, id })}`, this.publicUrl).toString();
  }

  private afterAnswer(): void {
    this.remember().catch((error: unknown) => this.logger.warn({ error }, "a simulated provider may forget"));
    this.sendNews();
  }

  private remember(): Promise<void> {
    return this.memory.save([...this.providers.values()]);
  }

  private sendNews(): void {
    for (const provider of this.providers.values()) {
      for (const webhook of provider.takeNews()) {
        this.send(provider, webhook).catch((error: unknown) => {
          this.logger.warn({ error, provider: provider.name }, "a simulated webhook was not delivered");
        });
      }
    }
  }

  /** What is not taken is found by asking, as with a real provider. */
  private async send({ name }: SimulatedProvider, webhook: WebhookRequest): Promise<void> {
    const status = await this.deliver(name, webhook);
    if (status !== 200) this.logger.warn({ provider: name, status }, "a simulated webhook was not taken");
  }
}

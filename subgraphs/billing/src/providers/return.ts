import { type Database, isId } from "@tollgate/kit";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import { eq } from "drizzle-orm";
import { topUp } from "../topups/topup.schema.js";
import { RETURN_PATH } from "./paths.js";

/** Providers post a few fields along, which nobody looks at. */
const MOST_BYTES = 64 * 1024;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A page rather than a redirect: what it leads to is then asked for by ourselves, so that the browser sends its cookies. */
const page = (target: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="/favicon.svg">
<meta http-equiv="refresh" content="0; url=${escaped(target)}">
<title>Tollgate</title>
<p>Back from the payment provider. <a href="${escaped(target)}">Go on</a></p>
</html>
`;

/**
 * Where providers send browsers back to, by GET or POST, with whatever they like to say: it credits nothing, and merely
 * leads on to where the top-up was started.
 */
export class PaymentReturn {
  constructor(private readonly database: Database) {}

  routes(): PassThroughRoute[] {
    const handle = (request: PassThroughRequest) => this.lead(request);
    return [
      { method: "GET", path: RETURN_PATH, handle },
      { method: "POST", path: RETURN_PATH, maxBytes: MOST_BYTES, handle },
    ];
  }

  private async lead({ query }: PassThroughRequest): Promise<PassThroughResponse> {
    const id = query.get("topUp") ?? "";
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    };
    return { status: 200, headers, body: page(await this.target(id)) };
  }

  /** A path of ours, whatever came: on the address that the browser reached us by, where it is signed in. */
  private async target(id: string): Promise<string> {
    if (!isId(id)) return "/wallet";
    const [row] = await this.database.system("payment-return", (tx) =>
      tx.db.select({ returnUrl: topUp.returnUrl }).from(topUp).where(eq(topUp.id, id)),
    );
    if (!row?.returnUrl) return `/wallet?topUp=${id}`;
    const back = new URL(row.returnUrl);
    // The page says what became of the payment.
    back.searchParams.set("topUp", id);
    return back.pathname + back.search;
  }
}

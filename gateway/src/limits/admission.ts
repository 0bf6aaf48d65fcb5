import type { RequestCaller } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";
import type { Limits } from "./limits.js";
import { addressKey, type Rate, Rates } from "./rates.js";

/** Who may ask now: rates of addresses and of callers, and how many subscriptions a caller has. In memory of this process. */
export class Admission {
  private readonly addresses: Rates;
  private readonly callers: Rates;
  private readonly subscriptions = new Map<string, number>();

  constructor(private readonly limits: Limits) {
    this.addresses = new Rates(limits.addressRate);
    this.callers = new Rates(limits.callerRate);
  }

  /** Counts a request of an address. Returns 0, or the seconds until it may ask again. */
  waitOfAddress(address: string | undefined): number {
    return this.addresses.waitFor(addressKey(address));
  }

  /** Counts an operation of a caller; null when it may go on. */
  refusalOf(caller: RequestCaller): GraphQLError | null {
    const retryAfterSeconds = this.callers.waitFor(keyOf(caller), rateOf(caller));
    return retryAfterSeconds === 0 ? null : tooMany("Too many operations", retryAfterSeconds);
  }

  /** Counts a subscription; null when it may be opened, and then it has to be closed. */
  openSubscription(caller: RequestCaller): GraphQLError | null {
    const key = keyOf(caller);
    const open = this.subscriptions.get(key) ?? 0;
    const { subscriptionsPerCaller } = this.limits;
    if (open >= subscriptionsPerCaller) {
      return refusal("RATE_LIMITED", `${subscriptionsPerCaller} subscriptions at once are allowed`);
    }
    this.subscriptions.set(key, open + 1);
    return null;
  }

  closeSubscription(caller: RequestCaller): void {
    const key = keyOf(caller);
    const open = (this.subscriptions.get(key) ?? 1) - 1;
    if (open > 0) this.subscriptions.set(key, open);
    else this.subscriptions.delete(key);
  }
}

/** An API key has a rate of its own: as many at once as in a minute, then evenly. */
function rateOf({ claims }: RequestCaller): Rate | undefined {
  if (!claims?.apiKey) return undefined;
  const { requestsPerMinute } = claims.apiKey;
  return { perSecond: requestsPerMinute / 60, burst: requestsPerMinute };
}

/** Who is not signed in counts with its address. */
function keyOf({ claims, address }: RequestCaller): string {
  return claims ? `user ${claims.sub}` : `address ${addressKey(address)}`;
}

function tooMany(what: string, retryAfterSeconds: number): GraphQLError {
  return refusal("RATE_LIMITED", `${what}; try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
}

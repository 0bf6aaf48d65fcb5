import { createHash } from "node:crypto";
import type { ApiKeyExchange, IdentitySource, ShownApiKey } from "@tollgate/kit/protocol";
import { BoundedMap } from "../plan/bounded-map.js";

/** Milliseconds that an answer of accounts is good for: less than its token lives. */
const acceptedMilliseconds = 60_000;
const refusedMilliseconds = 5_000;
const rememberedAccepted = 10_000;
/** On its own, so that who tries out keys drives none of the good ones out. */
const rememberedRefused = 2_000;

type Kept = ApiKeyExchange & { keptUntil: number };

/** What accounts said of API keys, for a short time; asks once, however many requests of a key wait for it. */
export class ApiKeyExchanges {
  private readonly accepted = new BoundedMap<string, Kept>(rememberedAccepted);
  private readonly refused = new BoundedMap<string, Kept>(rememberedRefused);
  private readonly asking = new Map<string, Promise<ApiKeyExchange>>();

  constructor(
    private readonly source: Pick<IdentitySource, "exchangeApiKey">,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws where accounts does not answer */
  async of(shown: ShownApiKey): Promise<ApiKeyExchange> {
    const name = nameOf(shown);
    const kept = this.accepted.get(name) ?? this.refused.get(name);
    if (kept && kept.keptUntil > this.now()) return kept;
    const asking = this.asking.get(name) ?? this.ask(name, shown).finally(() => this.asking.delete(name));
    this.asking.set(name, asking);
    return await asking;
  }

  /** Asks accounts anew the next time. */
  forget(shown: ShownApiKey): void {
    const name = nameOf(shown);
    this.accepted.delete(name);
    this.refused.delete(name);
  }

  private async ask(name: string, shown: ShownApiKey): Promise<ApiKeyExchange> {
    const asked = this.now();
    const answer = await this.source.exchangeApiKey(shown);
    this.forget(shown);
    if (answer.state === "accepted") {
      const keptUntil = Math.min(asked + acceptedMilliseconds, answer.until ?? Number.POSITIVE_INFINITY);
      this.accepted.set(name, { ...answer, keptUntil });
    } else this.refused.set(name, { ...answer, keptUntil: asked + refusedMilliseconds });
    return answer;
  }
}

/** The secret itself is not kept. Whether it is good depends on where it is shown. */
function nameOf({ secret, address }: ShownApiKey): string {
  return createHash("sha256").update(`${address} ${secret}`).digest("base64url");
}

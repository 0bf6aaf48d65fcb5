import { type Currency, type Database, readSecret, type SettingKeys, type Tx } from "@tollgate/kit";
import type {
  Credentials,
  OnlineProvider,
  PaymentProvider,
  ProviderAdapter,
  StandIn,
  TakenCurrency,
} from "./provider.js";

/** The providers that there are adapters for, and those of them that have their keys. */
export class ProviderDirectory {
  private readonly adapters: ReadonlyMap<OnlineProvider, ProviderAdapter>;

  /**
   * @param addresses of interfaces that are not the usual ones, as of a simulation.
   * @param standInFor what there is in place of a provider without keys; nothing outside of the demo.
   */
  constructor(
    adapters: readonly ProviderAdapter[],
    private readonly keys: SettingKeys,
    private readonly addresses: Partial<Record<OnlineProvider, string>> = {},
    private readonly standInFor: (name: OnlineProvider) => StandIn | null = () => null,
  ) {
    this.adapters = new Map(adapters.map((adapter) => [adapter.name, adapter]));
  }

  adapter(name: OnlineProvider): ProviderAdapter | null {
    return this.adapters.get(name) ?? null;
  }

  /** With its keys as they are now; null while one is missing. They are the platform's, whoever pays. */
  async connect(tx: Tx, name: OnlineProvider): Promise<PaymentProvider | null> {
    const adapter = this.adapter(name);
    if (!adapter) return null;
    const credentials = await this.credentials(tx, adapter);
    if (credentials) return adapter.connect(credentials, this.addresses[name] ?? null);
    const standIn = this.standInFor(name);
    return standIn && adapter.connect(standIn.credentials, standIn.address, standIn.page);
  }

  /** The same, in a transaction of its own. */
  connected(database: Database, name: OnlineProvider): Promise<PaymentProvider | null> {
    return database.system("payment-providers", (tx) => this.connect(tx, name));
  }

  /** How a provider takes a currency; null where it does not, or has not all of its keys. */
  async taken(tx: Tx, name: OnlineProvider, currency: Currency): Promise<TakenCurrency | null> {
    const adapter = this.adapter(name);
    const taken = adapter?.currencies[currency];
    if (!(adapter && taken)) return null;
    return (await this.credentials(tx, adapter)) || this.standInFor(name) ? taken : null;
  }

  /** Those that take a currency. */
  async taking(tx: Tx, currency: Currency): Promise<{ name: OnlineProvider; taken: TakenCurrency }[]> {
    const found: { name: OnlineProvider; taken: TakenCurrency }[] = [];
    for (const name of this.adapters.keys()) {
      const taken = await this.taken(tx, name, currency);
      if (taken) found.push({ name, taken });
    }
    return found;
  }

  private async credentials(tx: Tx, { settings }: ProviderAdapter): Promise<Credentials | null> {
    const found: Record<string, string> = {};
    for (const key of settings) {
      const secret = await readSecret(tx, this.keys, key, null);
      if (secret === null) return null;
      found[key] = secret;
    }
    return found;
  }
}

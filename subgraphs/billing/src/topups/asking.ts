import type { SubgraphKit } from "@tollgate/kit";
import type { ProviderDirectory } from "../providers/directory.js";
import { type OnlineProvider, type PaymentProvider, ProviderAway, ProviderRefusal } from "../providers/provider.js";
import { ProviderFault } from "./topup.problems.js";

/** The provider with its keys. @throws ProviderFault where one is missing. */
export const connectedTo = async (
  { database }: SubgraphKit,
  providers: ProviderDirectory,
  name: OnlineProvider,
): Promise<PaymentProvider> => {
  const provider = await providers.connected(database, name);
  if (!provider) throw new ProviderFault(name, "This way of paying is not set up; choose another one.");
  return provider;
};

/** What people are told of a provider that refused or is away; anything else stays what it is. */
export const faultOf = (name: OnlineProvider, error: unknown): unknown => {
  if (error instanceof ProviderRefusal) return new ProviderFault(name, `The provider refused: ${error.message}`);
  if (error instanceof ProviderAway) return new ProviderFault(name, "The provider does not answer; try again shortly.");
  return error;
};

import { useQuery } from "@apollo/client/react";
import { ShellHomeDocument, type ShellHomeQuery } from "../gql/graphql.js";
import { useMay, usePerson, useServices, useStore } from "./services-context.js";

const POLL_MS = 60_000;

type Home = NonNullable<ShellHomeQuery["organisation"]>;

export interface HomeOrganisation {
  /** The organisation that the pages are about: one's own, or the one that one acts for. */
  organisation: Omit<Home, "wallet"> | null;
  wallet: Home["wallet"];
  isActing: boolean;
}

/** The id of the organisation that the pages are about. */
export function useHomeId(): string | undefined {
  const own = usePerson()?.organisation?.id;
  return useStore(useServices().acting.organisation)?.id ?? own;
}

/** Whose pages these are. @param isPolling asks again each minute; in one place of the page only */
export function useHome(isPolling = false): HomeOrganisation {
  const own = usePerson()?.organisation ?? null;
  const acting = useStore(useServices().acting.organisation);
  const withWallet = useMay("wallet:read");
  // Each answer tells the time of the books: `api/books.ts`.
  const withTime = useMay("price:read") || withWallet;
  const { data } = useQuery(ShellHomeDocument, {
    variables: { withWallet, withTime },
    ...(isPolling ? { pollInterval: POLL_MS } : { fetchPolicy: "cache-first" }),
  });
  const home = data?.organisation;
  if (acting && home?.id !== acting.id) {
    // Until the answer is there: what was chosen.
    const organisation: Omit<Home, "wallet"> = { ...acting, status: "ACTIVE", statusReason: null };
    return { organisation, wallet: undefined, isActing: true };
  }
  return { organisation: acting ? (home ?? null) : own, wallet: home?.wallet, isActing: acting !== null };
}

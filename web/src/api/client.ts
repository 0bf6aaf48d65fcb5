import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { ErrorLink } from "@apollo/client/link/error";
import { from as observableFrom, switchMap, throwError } from "rxjs";
import { ACTING_HEADER } from "../app/acting.js";
import { isAboutOneself } from "../app/own-fields.js";
import type { Session } from "../session/session.js";
import { notingBooks } from "./books.js";
import { localised } from "./locale.js";
import { newestFirst } from "./newest-first.js";
import { isUnauthenticated } from "./problems.js";
import { ENDPOINT, PREFLIGHT, patientFetch } from "./server.js";

declare module "@apollo/client" {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: "all";
      }
      interface Query {
        errorPolicy: "all";
      }
    }
  }
}

/** Operations over HTTP. An answer UNAUTHENTICATED renews the session and asks once more, never again. */
export function serverLink(
  session: Pick<Session, "state" | "renew">,
  actingFor: () => string | null,
  localeOf: () => string | null,
): ApolloLink {
  return ApolloLink.from([
    renewOnce(session),
    narrowed(actingFor),
    localised(localeOf),
    notingBooks(),
    new HttpLink({ uri: ENDPOINT, fetch: patientFetch, headers: PREFLIGHT }),
  ]);
}

/** The context of an operation that is asked as oneself, whoever one acts for. */
export const AS_ONESELF = { asOneself: true } as const;

/** Asks for the organisation that one acts for, unless it is about oneself. */
export function narrowed(actingFor: () => string | null): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const asOneself = operation.getContext()["asOneself"] === true || isAboutOneself(operation.query);
    const id = asOneself ? null : actingFor();
    if (id !== null) {
      operation.setContext(({ headers }) => ({ headers: { ...headers, [ACTING_HEADER]: id } }));
    }
    return forward(operation);
  });
}

/** The client with its normalised cache. */
export function createClient(link: ApolloLink): ApolloClient {
  return new ApolloClient({
    link,
    cache: createCache(),
    defaultOptions: {
      // One subgraph away costs its own fields only: what came is shown, what is missing is "–".
      watchQuery: { errorPolicy: "all", fetchPolicy: "cache-and-network", nextFetchPolicy: "cache-first" },
      query: { errorPolicy: "all" },
    },
  });
}

/** Renews the session at the first UNAUTHENTICATED of an operation and sends it once more. */
export function renewOnce(session: Pick<Session, "state" | "renew">): ApolloLink {
  return new ErrorLink(({ error, operation, forward }) => {
    if (!isUnauthenticated(error) || operation.getContext()["renewed"] === true) return undefined;
    if (session.state.get().status !== "signed-in") return undefined;
    operation.setContext({ renewed: true });
    return observableFrom(session.renew()).pipe(
      switchMap((outcome) => (outcome === "renewed" ? forward(operation) : throwError(() => error))),
    );
  });
}

interface NodePage {
  nodes?: readonly unknown[];
}

/** Appends the next page to the nodes that are there; without `after` it starts anew. */
function pagedNodes(keyArgs: string[]) {
  return {
    keyArgs,
    merge(
      existing: NodePage | null | undefined,
      incoming: NodePage | null,
      options: { args: Record<string, unknown> | null },
    ) {
      if (!incoming || !existing || !options.args?.["after"]) return incoming;
      return { ...existing, ...incoming, nodes: [...(existing.nodes ?? []), ...(incoming.nodes ?? [])] };
    },
  };
}

/** Entities by id; lists grow page by page. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    // Every problem of the graph is a Problem and is named like one, whichever are added.
    possibleTypes: {
      Problem: ["\\w+Problem"],
      ApiKeyResult: ["ApiKey", "Problem"],
      CatalogueItemResult: ["CatalogueItem", "Problem"],
      InvitationResult: ["Invitation", "Problem"],
      MemberResult: ["Member", "Problem"],
      OrganisationResult: ["Organisation", "Problem"],
      RankVmsResult: ["RankedVms", "Problem"],
      RoleResult: ["Role", "Problem"],
      ServiceSubscriptionResult: ["ServiceSubscription", "Problem"],
      TopUpResult: ["TopUp", "Problem"],
      VmPowerResult: ["VmPowerOutcomes", "Problem"],
      WhatsAppSessionResult: ["WhatsAppSession", "Problem"],
    },
    typePolicies: {
      Query: {
        fields: {
          vms: pagedNodes(["filter", "order"]),
          topUps: pagedNodes(["filter"]),
          estateSpend: pagedNodes(["period", "currency"]),
          providerEvents: pagedNodes(["filter"]),
          quotes: pagedNodes(["filter"]),
          catalogue: pagedNodes(["filter"]),
          serviceSubscriptions: pagedNodes(["filter"]),
          coupons: pagedNodes(["organisationId"]),
          conversations: pagedNodes(["filter"]),
          apiKeys: pagedNodes(["organisationId"]),
          auditEntries: pagedNodes(["filter"]),
        },
      },
      Wallet: { fields: { transactions: newestFirst(["filter"]) } },
      // One locale at a time, so that the cache needs no name for it.
      Money: { fields: { formatted: { keyArgs: false } } },
      SpendReport: { merge: true },
      Conversation: { fields: { messages: pagedNodes([]) } },
      Organisation: {
        fields: {
          members: pagedNodes(["filter"]),
          invitations: pagedNodes(["state"]),
          fleet: { merge: true },
          spend: { merge: true },
        },
      },
      User: { fields: { notifications: pagedNodes(["unreadOnly"]) } },
      Vm: { fields: { latest: { merge: true }, health: { merge: true } } },
    },
  });
}

import type { ApolloClient } from "@apollo/client";
import { createClient, serverLink } from "../api/client.js";
import { isUnauthenticated } from "../api/problems.js";
import { onOwnClock, socketAddress } from "../api/server.js";
import { MeDocument, type MeQuery, SignOutDocument } from "../gql/graphql.js";
import { createLiveConnection, type LiveConnection } from "../live/connection.js";
import { forgetPulse } from "../live/pulse.js";
import { forgetUsages } from "../live/samples.js";
import { createSession, type Session } from "../session/session.js";
import { browserSurroundings } from "../session/surroundings.js";
import { type Acting, type ActingFor, createActing } from "./acting.js";
import { createStore, type ReadableStore } from "./store.js";

/** Who is signed in, with what the interface may offer. */
export type Person = NonNullable<MeQuery["me"]>;

export interface Services {
  session: Session;
  client: ApolloClient;
  live: LiveConnection;
  person: ReadableStore<Person | null>;
  /** For which organisation this tab acts. */
  acting: Acting;
  /** Acts for another organisation, or as oneself again: everything on the page is asked for anew. */
  actFor(organisation: ActingFor | null): Promise<void>;
  /** Resolves when it is known whether somebody is signed in. Throws when the server cannot be asked. */
  ready(): Promise<void>;
  /** Asks anew what the person and their organisation may do; what was known stays while the server is away. */
  refresh(): void;
  /** Takes up the session whose cookies just came; `accessTokenExpiresAt` as the server said it. */
  signedIn(accessTokenExpiresAt: string): Promise<void>;
  /** Ends the session at the server and in every tab. Throws when the server cannot be reached: it goes on then. */
  signOut(): Promise<void>;
}

/** Puts the parts together; one set a tab. */
export function createServices(): Services {
  const person = createStore<Person | null>(null);
  let starting: Promise<void> | null = null;
  const session = createSession(
    browserSurroundings((message) => {
      session.hear(message);
      if (message.kind === "signed-in") lookAgain().catch(reload);
    }),
  );
  const acting = createActing({ tab: window.sessionStorage, everywhere: window.localStorage });
  const actingFor = () => acting.organisation.get()?.id ?? null;
  const localeOf = () => person.get()?.locale ?? null;
  const client = createClient(serverLink(session, actingFor, localeOf));
  const live = createLiveConnection(socketAddress(), session, { actingFor, localeOf });

  async function askWho(): Promise<Person | null> {
    const { data, error } = await client.query({ query: MeDocument, fetchPolicy: "network-only" });
    if (data?.me) return data.me;
    if (error && !isUnauthenticated(error)) throw error;
    return null;
  }

  async function start(): Promise<void> {
    let who = await askWho();
    if (!who && session.wasSignedIn() && (await session.renew()) === "renewed") who = await askWho();
    if (who) acting.resume(who.id);
    person.set(who);
    if (who) session.begin();
    else if (session.state.get().status !== "signed-out") session.absent();
  }

  function ready(): Promise<void> {
    if (session.state.get().status !== "unknown") return Promise.resolve();
    starting ??= start().finally(() => {
      starting = null;
    });
    return starting;
  }

  /** Another tab signed in: perhaps as the same person, perhaps as another one. */
  async function lookAgain() {
    const before = person.get();
    if (session.state.get().status === "signed-in") {
      if ((await askWho())?.id !== before?.id) reload();
    } else await start();
  }

  session.state.subscribe(() => {
    if (session.state.get().status !== "signed-out") return;
    person.set(null);
    acting.forget();
    forgetUsages();
    forgetPulse();
    live.restart();
    client.clearStore().catch(reload);
  });

  /** Amounts that are shown in another locale than before are asked for anew. */
  function know(who: Person) {
    const before = localeOf();
    person.set(who);
    if (who.locale === before) return;
    live.restart();
    client.resetStore().catch(() => undefined); // the pages say themselves what they could not ask
  }

  function refresh() {
    askWho()
      .then((who) => who && session.state.get().status === "signed-in" && know(who))
      .catch(() => undefined); // the pages say themselves that the server is away
  }

  // A socket is also closed when roles or permissions changed: what may be offered is asked anew.
  live.returns.subscribe(refresh);

  return {
    session,
    client,
    live,
    person,
    acting,
    async actFor(organisation) {
      // Emptied first: what the pages ask from now on must not find answers about another organisation.
      await client.clearStore();
      acting.actFor(organisation);
      forgetUsages();
      forgetPulse();
      live.restartActing();
    },
    ready,
    refresh,
    async signedIn(accessTokenExpiresAt) {
      await client.clearStore();
      const who = await askWho();
      if (who) acting.resume(who.id);
      person.set(who);
      if (who) session.begin(onOwnClock(accessTokenExpiresAt));
      else session.absent();
    },
    async signOut() {
      const { error } = await client.mutate({ mutation: SignOutDocument, fetchPolicy: "no-cache" });
      if (error && !isUnauthenticated(error)) throw error;
      session.end("left");
    },
  };
}

/** The last resort when the tab cannot be brought in order: it starts anew. */
function reload() {
  window.location.reload();
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, TEST_SECRET } from "@tollgate/kit/testing";
import { DEMO_PASSWORD } from "../demo/organisations.js";
import { definitionsOf } from "../graph/subgraphs.js";
import { readSettings } from "../process/environment.js";
import { startTollgate, type Tollgate } from "../tollgate.js";

/** Nobody works by these: they say what tables there are. */
const QUIET = { smtpUrl: null, mailFrom: null, mailbox: true, simulate: false, sampleSeconds: 60, hostSeconds: 60 };

type Variables = Record<string, unknown>;

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape, and an assertion fails where it is another.
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/** A whole Tollgate on a fresh database with demo data, for tests. */
export class TestTollgate {
  private constructor(
    readonly tollgate: Tollgate,
    private readonly release: () => Promise<void>,
  ) {}

  /**
   * @param environment beside what a test needs.
   * @param bookClock the time of billing.
   * @param route another way to the database.
   */
  static async start(
    serverUrl: string,
    environment: NodeJS.ProcessEnv = {},
    bookClock?: () => Date,
    route: (databaseUrl: string) => string = (databaseUrl) => databaseUrl,
  ): Promise<TestTollgate> {
    const { url, drop } = await createDatabase(serverUrl, Object.values(definitionsOf(QUIET)));
    const folder = await mkdtemp(join(tmpdir(), "tollgate-test-"));
    const settings = readSettings({
      PORT: "0",
      DATABASE_URL: route(url),
      TOLLGATE_DATA: folder,
      // Roles belong to the whole server: with another secret, one test would change the passwords of all others.
      TOLLGATE_SECRET: TEST_SECRET,
      TELEMETRY_SAMPLE_SECONDS: "1",
      TELEMETRY_HOST_SECONDS: "1",
      DATABASE_CONNECTIONS: "4",
      // A past takes seconds to charge; who tests it says so.
      DEMO_HISTORY_DAYS: "0",
      ...environment,
    });
    const { ready, stop } = startTollgate(
      settings,
      () => undefined,
      bookClock,
      process.env["TEST_TRANSPORT"] === "http" ? "http" : "in process",
    );
    const release = async () => {
      await stop();
      await drop();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return new TestTollgate(await ready, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  get url(): string {
    return this.tollgate.gateway.url;
  }

  stop(): Promise<void> {
    return this.release();
  }

  /** A signed-in person, by e-mail or, of the demo, by the part before the @. */
  signIn(name: string, password?: string): Promise<Person> {
    return signIn(this.url, name, password);
  }
}

/** Signs a person in with the code from the mailbox. @param name an e-mail, or the part before the @ of the demo's */
export const signIn = async (url: string, name: string, password = DEMO_PASSWORD): Promise<Person> => {
  const email = name.includes("@") ? name : `${name}@tollgate.example`;
  const anonymous = new Person(url, null);
  const known = (await mailbox(url, email)).map((mail) => mail.id);
  const { data } = await anonymous.ask(
    "mutation ($input: SignInInput!) { signIn(input: $input) { ... on Challenge { id } ... on Problem { message } } }",
    { input: { email, password, delivery: "BEARER" } },
  );
  const code = await newCode(url, email, known);
  const verified = await anonymous.ask(
    "mutation ($input: VerifyChallengeInput!) { verifyChallenge(input: $input) { ... on SignedIn { accessToken } ... on Problem { message } } }",
    { input: { challengeId: data.signIn.id, code, delivery: "BEARER" } },
  );
  return new Person(url, verified.data.verifyChallenge.accessToken);
};

interface Mail {
  id: string;
  /** Such as `PASSWORD_RESET`. */
  kind: string;
  code: string | null;
  /** Where its button leads. */
  link: string | null;
}

/** Mails to an address in the local mailbox, newest first. */
export const mailbox = async (url: string, email: string): Promise<Mail[]> =>
  (await (await fetch(`${url}/mailbox/messages?to=${encodeURIComponent(email)}`)).json()) as Mail[];

/** The code of a mail that is not among those `known`, once it has arrived. */
export const newCode = async (url: string, email: string, known: readonly string[]): Promise<string> => {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    const mail = (await mailbox(url, email)).find(({ id, code }) => code && !known.includes(id));
    if (mail?.code) return mail.code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no code for ${email} has arrived`);
};

/** Somebody who asks the graph over HTTP. */
export class Person {
  constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  async ask(query: string, variables: Variables = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await answer.json()) as Answer;
  }
}

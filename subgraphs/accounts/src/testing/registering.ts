import { randomUUID } from "node:crypto";
import { newEventId, newToken, Sealer } from "@tollgate/kit";
import type {
  DeliveredEvent,
  EventPayloads,
  InvitationChange,
  MailRequest,
  TenancyChange,
  UserRegistration,
} from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { accountsSubgraph } from "../index.js";
import { remindOrganisations } from "../registration/registrations.js";
import { PasswordHasher } from "../sign-in/hasher.js";

export const PASSWORD = "Violet-Anchor-81";
export const ANOTHER = "Copper-Lantern-46";

const ACCEPT = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
  __typename ... on SignedIn { userId sessionId accessToken refreshToken } ... on Problem { code message }
  ... on WeakPasswordProblem { reasons score } ... on InvalidInputProblem { fields { path reason } } } }`;
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) {
  __typename ... on MailSent { to } ... on Problem { code message } ... on WeakPasswordProblem { reasons }
  ... on InvalidInputProblem { fields { path reason } } ... on ForbiddenProblem { reason } } }`;
const VERIFY = `mutation ($token: String!) { verifyEmail(input: { token: $token }) {
  __typename ... on EmailVerified { email } ... on Problem { code message } } }`;
const REQUEST = `mutation ($email: EmailAddress!) { requestEmailVerification(input: { email: $email }) {
  __typename ... on MailSent { to } ... on Problem { code } } }`;
const SIGN_IN = `mutation ($email: EmailAddress!, $password: String!) { signIn(input: { email: $email, password: $password }) {
  __typename ... on Problem { code } } }`;

export type Answer = Record<string, unknown> & { __typename: string };

/** What organisations makes of a registration: agrees, refuses, or does not answer (yet). */
export type Verdict = "yes" | "no" | "silence";

interface Person {
  user_id: string;
  status: string;
  state: string;
}

/** Accounts with something in the place of organisations that says what a test wants, when it wants. */
export class RegisteringAccounts {
  readonly tree = testTree();
  readonly hasher = new PasswordHasher(2);
  readonly told: DeliveredEvent[] = [];
  verdict: Verdict = "yes";
  /** Milliseconds by which its clock is ahead. */
  ahead = 0;
  private version = 1_000n;
  private addresses = 0;

  private constructor(readonly graph: TestSubgraph) {}

  /** @param patience milliseconds that a request waits for organisations */
  static async start(serverUrl: string, patience = 8_000): Promise<RegisteringAccounts> {
    let accounts: RegisteringAccounts | null = null;
    const tree = testTree();
    const hasher = new PasswordHasher(2);
    const sink = {
      name: "organisations",
      accepts: (type: string) => type !== "audit.recorded",
      receive: async (event: DeliveredEvent) => accounts?.take(event),
    };
    const clock = () => new Date(Date.now() + (accounts?.ahead ?? 0));
    const definition = accountsSubgraph({ clock, hasher, patience });
    accounts = new RegisteringAccounts(await TestSubgraph.start(serverUrl, definition, tree.source, [sink]));
    Object.assign(accounts, { tree, hasher }); // those that it was started with
    return accounts;
  }

  stop(): Promise<void> {
    return this.graph.stop();
  }

  private async take(event: DeliveredEvent): Promise<void> {
    this.told.push(event);
    if (event.type === "user.registered") await this.answer(event.payload as UserRegistration); // of the catalogue
  }

  /** What organisations says to a registration. */
  async answer(registration: UserRegistration, verdict = this.verdict): Promise<void> {
    const { userId, organisationId, origin } = registration;
    if (verdict === "silence") return;
    if (verdict === "no") return this.hear("registration.refused", userId, { userId, organisationId });
    if (origin.kind === "SIGN_UP")
      await this.hear("organisation.changed", organisationId, [this.founded(organisationId)]);
    await this.hear("member.changed", userId, { userId, organisationId, permissions: ["vm:read"], isOwner: false });
  }

  private founded(organisationId: string): TenancyChange {
    const { operator } = this.tree;
    this.version += 1n;
    const path = `/${operator}/${organisationId}/`;
    return { organisationId, parentId: operator, path, kind: "CUSTOMER", status: "ACTIVE", version: `${this.version}` };
  }

  /** An event of organisations arrives. */
  async hear<Type extends keyof EventPayloads>(type: Type, aggregateId: string, payload: EventPayloads[Type]) {
    this.version += 1n;
    await this.graph.subgraph.inbox.receive({
      id: newEventId(),
      type,
      aggregateId,
      aggregateVersion: this.version,
      organisationId: null,
      occurredAt: new Date(),
      payload,
      sealed: null,
    });
  }

  /** An invitation as organisations tells of it. @returns its token too */
  async invited(rest: Partial<InvitationChange> = {}): Promise<InvitationChange & { token: string }> {
    const { token, hash } = newToken();
    const invitation: InvitationChange = {
      invitationId: randomUUID(),
      organisationId: this.tree.customer,
      email: `${randomUUID()}@example.com`,
      tokenHash: hash,
      expiresAt: new Date(Date.now() + 7 * 86_400_000),
      isOpen: true,
      ...rest,
    };
    await this.hear("invitation.changed", invitation.invitationId, invitation);
    return { ...invitation, token };
  }

  /** Nobody, from an address that was never seen before. */
  stranger() {
    this.addresses += 1;
    return requestCaller(null, {
      address: `10.2.${this.addresses >> 8}.${this.addresses & 255}`,
      deadline: Date.now() + 30_000,
    });
  }

  async run(document: string, variables: Record<string, unknown>, caller = this.stranger()): Promise<Answer> {
    const { data, errors } = await this.graph.execute(document, variables, caller);
    const [error] = errors ?? [];
    if (error) return { __typename: "Error", code: error.extensions?.["code"] };
    return Object.values(data ?? {})[0] as Answer; // each document has one root field
  }

  accept(token: string, input: Record<string, unknown> = {}): Promise<Answer> {
    const usual = { token, password: PASSWORD, displayName: "Sipho Dlamini", delivery: "BEARER" };
    return this.run(ACCEPT, { input: { ...usual, ...input } });
  }

  signUp(email: string, input: Record<string, unknown> = {}, caller = this.stranger()): Promise<Answer> {
    const usual = { email, password: PASSWORD, displayName: "Lerato Mokoena", organisationName: "Bakery" };
    return this.run(SIGN_UP, { input: { ...usual, ...input } }, caller);
  }

  verify(token: string): Promise<Answer> {
    return this.run(VERIFY, { token });
  }

  requestVerification(email: string, caller = this.stranger()): Promise<Answer> {
    return this.run(REQUEST, { email }, caller);
  }

  /** `Challenge` where the password opens the door. */
  async signsIn(email: string, password = PASSWORD): Promise<string> {
    return (await this.run(SIGN_IN, { email, password })).__typename;
  }

  isSignUpOpen(): Promise<unknown> {
    return this.run("{ isSignUpOpen }", {});
  }

  system<T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]): Promise<T> {
    return this.graph.subgraph.database.system("test", work) as Promise<T>; // what the work gives
  }

  /** Users with an e-mail, and how their registration stands. */
  people(email: string): Promise<Person[]> {
    return this.system(async (tx) => [
      ...(await tx.sql<Person[]>`
        select u.id as user_id, u.status, r.state from "user" u left join registration r on r.user_id = u.id
         where lower(u.email) = ${email.toLowerCase()}`),
    ]);
  }

  /** The job that reminds organisations. @returns of how many */
  remind(): Promise<number> {
    return this.system((tx) => remindOrganisations(tx, new Date(Date.now() + this.ahead)));
  }

  /** The newest registration of a user that organisations was told of. */
  async registrationOf(userId: string): Promise<UserRegistration> {
    const those = () =>
      this.told.filter(({ type, aggregateId }) => type === "user.registered" && aggregateId === userId);
    await until(() => those().length > 0);
    return those().at(-1)?.payload as UserRegistration; // the catalogue's type for this event
  }

  mailsTo(email: string): (DeliveredEvent & { payload: MailRequest })[] {
    const mails = this.told.filter(({ type }) => type === "mail.requested") as (DeliveredEvent & {
      payload: MailRequest;
    })[]; // the catalogue's type
    return mails.filter(({ payload }) => payload.to.toLowerCase() === email.toLowerCase());
  }

  /** The token of the newest mail. @param after how many came before it */
  async mailedToken(email: string, after = 0): Promise<string> {
    await until(() => this.mailsTo(email).length > after);
    const mail = this.mailsTo(email).at(-1);
    return new Sealer(TEST_SECRET, "events").open(mail?.sealed ?? new Uint8Array(), mail?.id ?? "");
  }

  /** Everything that was announced has gone out. */
  delivered(): Promise<void> {
    return until(() =>
      this.system<boolean>(async (tx) => {
        const [row] = await tx.sql<{ left: number }[]>`
          select count(*)::int as left from outbox where delivered_at is null`;
        return row?.left === 0;
      }),
    );
  }
}

import { randomUUID } from "node:crypto";
import type { RequestCaller, SubgraphResponse } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { type MessagingOptions, messagingSubgraph } from "../index.js";
import { eventOf } from "./arrange.js";

const ALL = ["whatsapp:read", "whatsapp:manage", "conversation:read", "conversation:manage", "message:send"];

export interface Answered {
  __typename: string;
  id: string;
  status: string;
  state: string;
  code?: string;
  message?: string;
  reason?: string;
  fields?: { path: string[]; reason: string }[];
}

const PROBLEM = `... on Problem { code message } ... on InvalidInputProblem { fields { path reason } }
  ... on PhoneNumberProblem { reason }`;

/** Messaging with a clock that moves by hand, asked by people of a test tree. */
export class Desk {
  readonly streams: AsyncIterableIterator<SubgraphResponse>[] = [];

  private constructor(
    readonly messaging: TestSubgraph,
    readonly tree: ReturnType<typeof testTree>,
    private readonly time: { now: number },
  ) {}

  static async open(serverUrl: string, options: Partial<MessagingOptions> = {}): Promise<Desk> {
    const tree = testTree();
    const time = { now: Date.parse("2026-03-01T08:00:00.000Z") };
    const definition = messagingSubgraph({
      smtpUrl: null,
      mailFrom: "no-reply@example.com",
      mailbox: true,
      clock: () => new Date(time.now),
      sessionLimit: 100,
      ...options,
    });
    return new Desk(await TestSubgraph.start(serverUrl, definition, tree.source), tree, time);
  }

  async close(): Promise<void> {
    await this.closeStreams();
    await this.messaging.stop();
  }

  async closeStreams(): Promise<void> {
    for (const stream of this.streams.splice(0)) await stream.return?.();
  }

  readonly clock = (): Date => new Date(this.time.now);

  /** Moves the clock forwards. */
  pass(seconds: number): void {
    this.time.now += seconds * 1_000;
  }

  caller(org = this.tree.customer, permissions: readonly string[] = ALL): RequestCaller {
    return requestCaller({ org, permissions: [...permissions] });
  }

  /** @throws where the answer has errors. */
  async ask<Data>(document: string, variables: Record<string, unknown> = {}, caller = this.caller()): Promise<Data> {
    const { data, errors } = await this.messaging.execute(document, variables, caller);
    if (errors) throw new Error(JSON.stringify(errors));
    return data as Data; // of the shape that the document asks for
  }

  /** A mutation that answers with a session. */
  async session(mutation: string, input: object, caller = this.caller()): Promise<Answered> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { result } = await this.ask<{ result: Answered }>(
      `mutation($input: ${type}!) { result: ${mutation}(input: $input) {
        __typename ... on WhatsAppSession { id status } ${PROBLEM} } }`,
      { input },
      caller,
    );
    return result;
  }

  /** A mutation that answers with a message. */
  async message(mutation: string, input: object, caller = this.caller()): Promise<Answered> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { result } = await this.ask<{ result: Answered }>(
      `mutation($input: ${type}!) { result: ${mutation}(input: $input) {
        __typename ... on Message { id state } ${PROBLEM} } }`,
      { input: { idempotencyKey: randomUUID(), ...input } },
      caller,
    );
    return result;
  }

  /** A new member of an organisation. @returns the user's id. */
  async join(organisationId: string, permissions: string[]): Promise<string> {
    const userId = randomUUID();
    const event = eventOf("member.changed", { userId, organisationId, permissions, isOwner: false });
    await this.messaging.subgraph.inbox.receive(event);
    return userId;
  }

  /** What a person is told in the app, newest first. */
  async toldTo(sub: string, org: string): Promise<Told[]> {
    const { _entities } = await this.ask<{ _entities: { notifications: { nodes: Told[] } }[] }>(
      `query($user: _Any!) { _entities(representations: [$user]) { ... on User {
        notifications { nodes { kind severity title body link } } } } }`,
      { user: { __typename: "User", id: sub } },
      requestCaller({ sub, org }),
    );
    return _entities[0]?.notifications.nodes ?? [];
  }

  async create(caller = this.caller()): Promise<string> {
    const input = { name: "Reception", driver: "SIMULATED", idempotencyKey: randomUUID() };
    return (await this.session("createWhatsAppSession", input, caller)).id;
  }

  /** A session that a phone was paired with. */
  async connected(phone = "+27821230001", caller = this.caller()): Promise<string> {
    const id = await this.create(caller);
    const stream = this.watchSession(id, caller);
    await this.session("pairWhatsApp", { sessionId: id, phone }, caller);
    const { code } = await this.untilState(stream, "WhatsAppPairingCodeReady");
    await this.session("scanWithSimulatedPhone", { sessionId: id, code }, caller);
    await this.untilState(stream, "WhatsAppConnected");
    await stream.return?.();
    return id;
  }

  watch(document: string, variables: Record<string, unknown>, caller = this.caller()) {
    const stream = this.messaging.subscribe(document, variables, caller);
    this.streams.push(stream);
    return stream;
  }

  watchSession(id: string, caller = this.caller()) {
    return this.watch(
      `subscription($id: ID!) { whatsappSession(id: $id) { __typename
        ... on WhatsAppQrReady { qr expiresAt attempt attempts session { id status } }
        ... on WhatsAppPairingCodeReady { code expiresAt }
        ... on WhatsAppConnected { phone since }
        ... on WhatsAppFailed { reason message } } }`,
      { id },
      caller,
    );
  }

  /** Waits for a state, leaving out those before it. */
  async untilState(stream: AsyncIterableIterator<SubgraphResponse>, typename: string): Promise<Shown> {
    for (;;) {
      const { whatsappSession } = await this.next<{ whatsappSession: Shown }>(stream);
      if (whatsappSession.__typename === typename) return whatsappSession;
    }
  }

  async next<Data>(stream: AsyncIterableIterator<SubgraphResponse>): Promise<Data> {
    const { value, done } = await stream.next();
    if (done) throw new Error("the stream has ended");
    if (value.errors) throw new Error(JSON.stringify(value.errors));
    return value.data as Data; // of the shape that the document asks for
  }

  async status(id: string): Promise<string> {
    const { whatsappSession } = await this.ask<{ whatsappSession: { status: string } }>(
      "query($id: ID!) { whatsappSession(id: $id) { status } }",
      { id },
    );
    return whatsappSession.status;
  }

  /** The conversation with a number. @returns its id. */
  async threadWith(phone: string): Promise<string> {
    const { conversations } = await this.ask<{ conversations: { nodes: { id: string }[] } }>(
      "query($search: String) { conversations(filter: { search: $search }) { nodes { id } } }",
      { search: phone },
    );
    return conversations.nodes[0]?.id ?? "none";
  }

  /** The messages of a conversation, oldest first, as the operator sees them. */
  async messages(conversationId: string): Promise<ShownMessage[]> {
    const { conversation } = await this.ask<{ conversation: { messages: { nodes: ShownMessage[] } } }>(
      `query($id: ID!) { conversation(id: $id) { messages(first: 100) {
        nodes { id direction origin text state failureReason attempts } } } }`,
      { id: conversationId },
      this.caller(this.tree.operator),
    );
    return conversation.messages.nodes.toReversed();
  }

  async untilMessages(
    conversationId: string,
    condition: (messages: ShownMessage[]) => boolean,
  ): Promise<ShownMessage[]> {
    let shown: ShownMessage[] = [];
    await until(async () => {
      shown = await this.messages(conversationId);
      return condition(shown);
    });
    return shown;
  }
}

export interface Told {
  kind: string;
  severity: string;
  title: string;
  body: string;
  link: string;
}

/** A state of a session as the stream shows it. */
export interface Shown {
  __typename: string;
  qr: string;
  code: string;
  phone: string;
  expiresAt: string;
  attempt: number;
  attempts: number;
  reason: string;
}

export interface ShownMessage {
  id: string;
  direction: string;
  origin: string;
  text: string;
  state: string;
  failureReason: string | null;
  attempts: number;
}

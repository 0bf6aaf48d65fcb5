import { randomUUID } from "node:crypto";
import { newEventId, Sealer } from "@tollgate/kit";
import type { AccessClaims, DeliveredEvent, EventPayloads, MailRequest } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, until } from "@tollgate/kit/testing";
import { organisationsSubgraph, seedOrganisations } from "../../index.js";
import { PERMISSIONS } from "../../roles/permissions.js";
import { BUILT_IN_ROLES } from "../../roles/roles.js";

export const ALL = PERMISSIONS.map(({ key }) => key);

const INVITE = `mutation ($emails: [String!]!, $roleIds: [ID!]!, $organisationId: ID, $key: String!) {
  inviteMembers(input: { emails: $emails, roleIds: $roleIds, organisationId: $organisationId, idempotencyKey: $key }) {
    __typename
    ... on InvitationsSent {
      invitations { id email state expiresAt acceptedBy { id } invitedBy { id } roles { name } organisation { name } }
      refused { email problem { __typename code message } } }
    ... on Problem { code message } ... on RoleRefusedProblem { missingPermissions isLastOwner }
    ... on InvalidInputProblem { fields { path reason } } ... on ForbiddenProblem { reason } } }`;

export const RESEND = `mutation ($id: ID!) { resendInvitation(input: { invitationId: $id }) {
  __typename ... on Invitation { id state expiresAt } ... on Problem { code } ... on RateLimitedProblem { retryAfterSeconds } } }`;
export const REVOKE = `mutation ($id: ID!) { revokeInvitation(input: { invitationId: $id }) {
  __typename ... on Invitation { id state } ... on Problem { code } } }`;
export const PREVIEW = `query ($token: String!) { invitation(token: $token) {
  organisationName email roleNames invitedByName expiresAt } }`;

export type Answer = Record<string, unknown> & { __typename: string };

interface InvitationAnswer {
  id: string;
  email: string;
  state: string;
}

/** Organisations with a reseller, a customer of it and a customer elsewhere, and everything that it tells the others. */
export class InvitingOrganisations {
  readonly [Symbol.toStringTag] = "organisations";
  readonly told: DeliveredEvent[] = [];
  readonly ids = {
    operator: randomUUID(),
    reseller: randomUUID(),
    customer: randomUUID(),
    elsewhere: randomUUID(),
    owner: randomUUID(),
    billing: randomUUID(),
    resellerOwner: randomUUID(),
    stranger: randomUUID(),
  };
  /** Milliseconds by which its clock is ahead. */
  ahead = 0;
  graph: TestSubgraph = null as never; // set by `start`, before anybody has it

  private constructor() {
    // made by `start` alone
  }

  static async start(serverUrl: string): Promise<InvitingOrganisations> {
    const made = new InvitingOrganisations();
    const { ids } = made;
    const sink = {
      name: "tests",
      accepts: (type: string) => type !== "audit.recorded",
      receive: async (event: DeliveredEvent) => void made.told.push(event),
    };
    made.graph = await TestSubgraph.start(serverUrl, organisationsSubgraph({ clock: made.now }), null, [sink]);
    await seedOrganisations(made.graph.subgraph, {
      organisations: [
        { id: ids.operator, parentId: null, name: "Operator", kind: "INTERNAL" },
        { id: ids.reseller, parentId: ids.operator, name: "Reseller", kind: "RESELLER" },
        { id: ids.customer, parentId: ids.reseller, name: "Kopano Foods", kind: "CUSTOMER" },
        { id: ids.elsewhere, parentId: ids.operator, name: "Elsewhere", kind: "CUSTOMER" },
      ],
      members: [
        { userId: ids.owner, organisationId: ids.customer, roles: ["owner"] },
        { userId: ids.billing, organisationId: ids.customer, roles: ["billing"] },
        { userId: ids.resellerOwner, organisationId: ids.reseller, roles: ["owner"] },
        { userId: ids.stranger, organisationId: ids.elsewhere, roles: ["owner"] },
      ],
    });
    await made.hear("user.changed", ids.owner, {
      userId: ids.owner,
      organisationId: ids.customer,
      email: "Owner@example.com",
      displayName: "Thandi",
      locale: "en-ZA",
      status: "ACTIVE",
    });
    return made;
  }

  readonly now = (): Date => new Date(Date.now() + this.ahead);

  stop(): Promise<void> {
    return this.graph.stop();
  }

  owner(claims: Partial<AccessClaims> = {}) {
    return requestCaller({ sub: this.ids.owner, org: this.ids.customer, permissions: ALL, ...claims });
  }

  /** An event of another subgraph arrives. */
  async hear<Type extends keyof EventPayloads>(
    type: Type,
    aggregateId: string,
    payload: EventPayloads[Type],
    version = 1n,
  ): Promise<DeliveredEvent> {
    const event: DeliveredEvent = {
      id: newEventId(),
      type,
      aggregateId,
      aggregateVersion: version,
      organisationId: null,
      occurredAt: new Date(),
      payload,
      sealed: null,
    };
    await this.graph.subgraph.inbox.receive(event);
    return event;
  }

  async run(document: string, variables: Record<string, unknown>, caller = this.owner()): Promise<Answer> {
    const { data, errors } = await this.graph.execute(document, variables, caller);
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data ?? {})[0] as Answer; // the one root field
  }

  invite(
    emails: readonly string[],
    {
      roles = ["viewer"],
      caller = this.owner(),
      key = randomUUID() as string,
      organisationId = null,
    }: {
      roles?: readonly string[];
      caller?: ReturnType<typeof requestCaller>;
      key?: string;
      organisationId?: string | null;
    } = {},
  ): Promise<Answer> {
    const roleIds = roles.map((name) => BUILT_IN_ROLES.find((role) => role.name === name)?.id ?? name);
    return this.run(INVITE, { emails, roleIds, organisationId, key }, caller);
  }

  /** Invites one and reads the mail. */
  async invited(email: string, roles: readonly string[] = ["viewer"]): Promise<{ id: string; token: string }> {
    const answer = await this.invite([email], { roles });
    const [invitation] = answer["invitations"] as InvitationAnswer[]; // asked for, and the test invites one who fits
    if (!invitation) throw new Error(JSON.stringify(answer));
    return { id: invitation.id, token: await this.mailedToken(email) };
  }

  mailsTo(email: string): DeliveredEvent[] {
    return this.told.filter(
      ({ type, payload }) => type === "mail.requested" && (payload as MailRequest).to.toLowerCase() === email,
    );
  }

  /** The token of the newest mail. @param after how many came before it */
  async mailedToken(email: string, after = 0): Promise<string> {
    await until(() => this.mailsTo(email.toLowerCase()).length > after);
    const mail = this.mailsTo(email.toLowerCase()).at(-1);
    return new Sealer(TEST_SECRET, "events").open(mail?.sealed ?? new Uint8Array(), mail?.id ?? "");
  }

  /** What was told of an aggregate, by type. */
  toldOf(type: keyof EventPayloads, aggregateId: string): unknown[] {
    return this.told
      .filter((event) => event.type === type && event.aggregateId === aggregateId)
      .map(({ payload }) => payload);
  }

  preview(token: string): Promise<Answer> {
    return this.run(PREVIEW, { token }, requestCaller(null));
  }
}

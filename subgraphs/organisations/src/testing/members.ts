import { randomUUID } from "node:crypto";
import type { AuditRecord } from "@tollgate/kit";
import type { DeliveredEvent, MemberChange, OrganisationKind } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph } from "@tollgate/kit/testing";
import { expect } from "vitest";
import { organisationsSubgraph, seedOrganisations } from "../index.js";
import { addMember } from "../members/adding.js";
import { type BuiltInRoleName, builtInRoleByName, permissionsOfRoles } from "../roles/roles.js";

type Answer = Record<string, unknown> & { __typename: string };

/** A person of the tests, with what the token says that it may do. */
export interface TestPerson {
  userId: string;
  memberId: string;
  organisationId: string;
  kind: OrganisationKind;
  permissions: readonly string[];
}

/** A small tree whose members can be made at will, and what it tells the others. */
export class TestMembers {
  readonly operator: string = randomUUID();
  readonly reseller: string = randomUUID();
  readonly customer: string = randomUUID();
  readonly otherReseller: string = randomUUID();
  readonly otherCustomer: string = randomUUID();
  readonly told: MemberChange[] = [];
  readonly recorded: AuditRecord[] = [];

  private constructor(readonly graph: TestSubgraph) {}

  static async start(serverUrl: string): Promise<TestMembers> {
    let members: TestMembers | null = null;
    const sink = {
      name: "tests",
      accepts: (type: string) => type === "member.changed" || type === "audit.recorded",
      receive: async ({ type, payload }: DeliveredEvent) => {
        if (type === "member.changed")
          members?.told.push(payload as MemberChange); // of the catalogue of events
        else members?.recorded.push(payload as AuditRecord); // of the catalogue of events
      },
    };
    members = new TestMembers(await TestSubgraph.start(serverUrl, organisationsSubgraph(), null, [sink]));
    const { operator, reseller, customer, otherReseller, otherCustomer } = members;
    await seedOrganisations(members.graph.subgraph, {
      organisations: [
        { id: operator, parentId: null, name: "Operator", kind: "INTERNAL" },
        { id: reseller, parentId: operator, name: "Reseller", kind: "RESELLER" },
        { id: otherReseller, parentId: operator, name: "Other reseller", kind: "RESELLER" },
        { id: customer, parentId: reseller, name: "Customer", kind: "CUSTOMER" },
        { id: otherCustomer, parentId: otherReseller, name: "Other customer", kind: "CUSTOMER" },
      ],
      members: [],
    });
    return members;
  }

  stop(): Promise<void> {
    return this.graph.stop();
  }

  kindOf(organisationId: string): OrganisationKind {
    if (organisationId === this.operator) return "INTERNAL";
    return [this.reseller, this.otherReseller].includes(organisationId) ? "RESELLER" : "CUSTOMER";
  }

  /** A new member, whose token says what the roles give. */
  async join(organisationId: string, ...names: BuiltInRoleName[]): Promise<TestPerson> {
    const userId = randomUUID();
    const roles = names.map(builtInRoleByName);
    const kind = this.kindOf(organisationId);
    const memberId = await this.graph.subgraph.database.system("test", async (tx) => {
      await addMember(tx, { userId, organisationId, roles });
      const [row] = await tx.sql<{ id: string }[]>`select id from membership where user_id = ${userId}`;
      return String(row?.id);
    });
    return { userId, memberId, organisationId, kind, permissions: permissionsOfRoles(roles, kind) };
  }

  /** What a root field answers a person; its errors where it has none. */
  async ask(person: TestPerson, document: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const { userId: sub, organisationId: org, kind, permissions } = person;
    const caller = requestCaller({ sub, org, kind, permissions });
    const { data, errors } = await this.graph.execute(document, variables, caller);
    expect(errors).toBeUndefined();
    return Object.values(data ?? {})[0] as Answer; // each document asks for one root field
  }

  /** What others were told last of a person. */
  lastTold(userId: string): MemberChange | undefined {
    return this.told.findLast((change) => change.userId === userId);
  }
}

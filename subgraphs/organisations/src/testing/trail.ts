import { randomUUID } from "node:crypto";
import { type AuditRecord, Database, databaseAddresses, newEventId, type Tx } from "@tollgate/kit";
import type { AccessClaims, DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph } from "@tollgate/kit/testing";
import { AnchorFile } from "../audit/anchor-file.js";
import { anchorTrails } from "../audit/anchoring.js";
import { sealTrail } from "../audit/sealing.js";
import { ChainSignatures } from "../audit/signatures.js";
import { type Verification, verifyTrail } from "../audit/verifying.js";
import { organisationsSubgraph, seedOrganisations } from "../index.js";
import { PERMISSIONS } from "../roles/permissions.js";
import { addOrganisation } from "../tree/tree.js";

const ALL = PERMISSIONS.map(({ key }) => key);

/** An audit trail to write into, with a small tree, and the owner of its tables to tamper with it. */
export class TrailDesk {
  readonly operator: string = randomUUID();
  readonly reseller: string = randomUUID();
  readonly customer: string = randomUUID();
  readonly other: string = randomUUID();
  /** Owner of the customer, and of the other one. */
  readonly owner: string = randomUUID();
  readonly otherOwner: string = randomUUID();
  readonly signatures = new ChainSignatures(TEST_SECRET);
  now = new Date("2026-06-15T12:00:00.000Z");

  private constructor(
    readonly directory: string,
    private readonly met: { graph?: TestSubgraph; owner?: Database },
  ) {}

  static async start(serverUrl: string, directory: string): Promise<TrailDesk> {
    const desk = new TrailDesk(directory, {});
    const definition = organisationsSubgraph({
      clock: () => desk.now,
      publicUrl: "https://cloud.example",
      auditDirectory: directory,
    });
    desk.met.graph = await TestSubgraph.start(serverUrl, definition, null);
    const { migrator } = databaseAddresses("organisations", desk.graph.databaseUrl, null, TEST_SECRET);
    desk.met.owner = new Database(migrator, { connections: 1, applicationName: "owner" });
    await seedOrganisations(desk.graph.subgraph, {
      organisations: [
        { id: desk.operator, parentId: null, name: "Operator", kind: "INTERNAL" },
        { id: desk.reseller, parentId: desk.operator, name: "Reseller", kind: "RESELLER" },
        { id: desk.customer, parentId: desk.reseller, name: "Customer", kind: "CUSTOMER" },
        { id: desk.other, parentId: desk.operator, name: "Other", kind: "RESELLER" },
      ],
      members: [
        { userId: desk.owner, organisationId: desk.customer, roles: ["owner"] },
        { userId: desk.otherOwner, organisationId: desk.other, roles: ["owner"] },
      ],
    });
    await desk.graph.subgraph.delivered();
    return desk;
  }

  get graph(): TestSubgraph {
    if (!this.met.graph) throw new Error("not started");
    return this.met.graph;
  }

  get database() {
    return this.graph.subgraph.database;
  }

  async stop(): Promise<void> {
    await this.met.owner?.close();
    await this.graph.stop();
  }

  as(org: string, claims: Partial<AccessClaims> = {}) {
    return requestCaller({ org, permissions: ALL, ...claims });
  }

  /** A record as it comes from another subgraph. @returns its id */
  async record(details: Partial<AuditRecord> = {}): Promise<string> {
    const id = newEventId();
    const payload: AuditRecord = {
      subgraph: "telemetry",
      organisationId: this.customer,
      actorKind: "USER",
      actorId: this.owner,
      actorName: null,
      action: "vm:power",
      resource: "vm",
      resourceId: randomUUID(),
      before: null,
      after: { state: "STOPPED" },
      outcome: "SUCCEEDED",
      problem: null,
      address: "192.0.2.7",
      userAgent: "tests",
      requestId: "r-1",
      at: this.now,
      occurrences: 1,
      ...details,
    };
    const event: DeliveredEvent = {
      id,
      type: "audit.recorded",
      aggregateId: id,
      aggregateVersion: 1n,
      organisationId: payload.organisationId,
      occurredAt: payload.at,
      payload,
      sealed: null,
    };
    await this.graph.subgraph.inbox.receive(event);
    return id;
  }

  /** Seals whatever waits. */
  async seal(): Promise<void> {
    for (;;) {
      await this.database.system("test", sealTrail);
      const [waiting] = await this.database.system("test", (tx) => tx.sql`select 1 from audit_unsealed limit 1`);
      if (!waiting) return;
    }
  }

  /** So many entries of the customer at once, unsealed, of different times. */
  async fill(count: number): Promise<void> {
    await this.database.system(
      "test",
      (
        tx,
      ) => tx.sql`insert into audit_entry (id, organisation_id, at, actor_kind, actor_id, action, resource, outcome, subgraph)
        select uuidv7(), ${this.customer}, ${this.now.toISOString()}::timestamptz - n * interval '7 seconds', 'USER',
               ${this.owner}, 'vm:power', 'vm', 'SUCCEEDED', 'telemetry' from generate_series(1, ${count}) n`,
    );
  }

  /** So many sealed entries of the customer. @returns their ids in the order of the chain */
  async chain(length: number, details: Partial<AuditRecord> = {}): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < length; i += 1) ids.push(await this.record({ after: { step: i }, ...details }));
    await this.seal();
    return ids;
  }

  get file(): AnchorFile {
    return new AnchorFile(`${this.directory}/anchors`, this.signatures);
  }

  anchor(withFile = false): Promise<number> {
    return anchorTrails(this.database, this.signatures, withFile ? this.file : null, this.now);
  }

  async verify(organisationId = this.customer, withFile = false): Promise<Verification> {
    const proofs = {
      signatures: this.signatures,
      witness: withFile ? await this.file.newest(organisationId) : null,
    };
    const caller = { ...this.caller(), organisationId };
    return verifyTrail(this.database, caller, organisationId, proofs);
  }

  private caller() {
    return {
      kind: "USER" as const,
      userId: this.owner,
      sessionId: "-",
      organisationId: this.operator,
      permissions: new Set(ALL),
      requestId: "-",
      address: "-",
      userAgent: "-",
      locale: null,
      deadline: null,
      narrowedOrganisationId: null,
      minimumTenancyVersion: null,
    };
  }

  /** A customer of its own below the reseller. */
  async addOrganisation(): Promise<string> {
    const id = randomUUID();
    const added = { id, parentId: this.reseller, name: "Added", kind: "CUSTOMER" } as const;
    await this.database.system("test", (tx) => addOrganisation(tx, added));
    await this.graph.subgraph.delivered();
    return id;
  }

  /** As the owner of the tables, past every law of Tollgate. */
  async tamper(work: (sql: Tx["sql"]) => PromiseLike<unknown>): Promise<void> {
    await this.met.owner?.system("owner", async ({ sql }) => work(sql));
  }
}

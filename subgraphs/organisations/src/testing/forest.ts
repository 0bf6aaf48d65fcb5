import { randomUUID } from "node:crypto";
import type { AccessClaims, ClosingTurn, DeliveredEvent, EventSink, RequestCaller } from "@tollgate/kit/protocol";
import { exampleSubgraph, requestCaller, TestSubgraph } from "@tollgate/kit/testing";
import { organisationsSubgraph, tenancySourceOf } from "../index.js";
import { PERMISSIONS } from "../roles/permissions.js";
import { addOrganisation } from "../tree/tree.js";

const ALL = PERMISSIONS.map(({ key }) => key);

/** Why billing would not let an organisation end; null: it may. */
export type Verdict = (organisationId: string) => string | null;

/** Organisations with an operator, another subgraph that follows its tree, and somebody who answers as billing does. */
export class Forest {
  readonly operator = randomUUID();
  verdict: Verdict = () => null;
  /** Set, so that questions of billing's wait. */
  isBillingAway = false;

  private constructor(
    readonly organisations: TestSubgraph,
    readonly follower: TestSubgraph,
  ) {}

  static async start(postgresUrl: string): Promise<Forest> {
    // They know each other only once both are there.
    const met: { forest?: Forest } = {};
    const follow: EventSink = {
      name: "follower",
      accepts: (type) => type === "organisation.changed",
      receive: async (event) => met.forest?.follower.subgraph.inbox.receive(event),
    };
    const billing: EventSink = {
      name: "billing",
      accepts: (type) => type === "closing.requested",
      receive: async (event) => met.forest?.answer(event),
    };
    const organisations = await TestSubgraph.start(postgresUrl, organisationsSubgraph(), null, [follow, billing]);
    const source = tenancySourceOf(organisations.subgraph);
    const follower = await TestSubgraph.start(postgresUrl, exampleSubgraph(), source);
    const forest = new Forest(organisations, follower);
    met.forest = forest;
    await forest.add({ id: forest.operator, parentId: null, kind: "INTERNAL", name: "Operator" });
    return forest;
  }

  async stop(): Promise<void> {
    await this.organisations.stop();
    await this.follower.stop();
  }

  /** Through the domain, as demo data comes. */
  async add(given: {
    id?: string;
    parentId: string | null;
    kind: "INTERNAL" | "RESELLER" | "CUSTOMER";
    name?: string;
  }): Promise<string> {
    const { id = randomUUID(), name = "Some organisation" } = given;
    await this.organisations.subgraph.database.system("test", (tx) => addOrganisation(tx, { ...given, id, name }));
    return id;
  }

  /** Somebody of an organisation who may do everything, or what `claims` say. */
  as(org: string, claims: Partial<AccessClaims> = {}, rest: Partial<RequestCaller> = {}): RequestCaller {
    return requestCaller({ org, permissions: ALL, ...claims }, rest);
  }

  /** What a mutation of the tree answers, with the version that it told the gateway. */
  async change(name: string, input: Record<string, unknown>, caller = this.as(this.operator)) {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors, extensions } = await this.organisations.execute(
      `mutation ($input: ${type}!) { ${name}(input: $input) { __typename
        ... on Organisation { id name kind status statusReason depth closedAt parent { id } }
        ... on Problem { code message } ... on InvalidInputProblem { fields { path reason } }
        ... on ForbiddenProblem { reason permission } ... on ConflictProblem { conflictingId } } }`,
      { input },
      caller,
    );
    const answer = (data as Record<string, Record<string, unknown> | null> | null)?.[name] ?? null; // of this root field
    return { answer, code: errors?.[0]?.extensions?.["code"] ?? null, version: extensions?.tenancyVersion ?? null };
  }

  private async answer(event: DeliveredEvent): Promise<void> {
    if (this.isBillingAway) throw new Error("billing is away");
    const turn = event.payload as ClosingTurn; // of this type, see `accepts`
    const reason = this.verdict(turn.organisationId);
    await this.organisations.subgraph.inbox.receive({
      ...event,
      id: randomUUID(),
      type: reason === null ? "closing.cleared" : "closing.refused",
      payload: reason === null ? turn : { ...turn, reason },
    });
  }
}

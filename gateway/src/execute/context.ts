import type { RequestCaller, SessionTokens } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { newerVersion, type TenancyVersions } from "../identity/tenancy-versions.js";
import type { Deadline } from "../limits/deadline.js";

/** How a client is connected. */
export type Transport = "http" | "websocket" | "events";

export interface OperationContextParts {
  caller: RequestCaller;
  refusal: GraphQLError | null;
  deadline: Deadline;
  transport: Transport;
  tenancyVersions: TenancyVersions;
  /** Takes the tokens of a new session, or null when it ended. */
  keepSession: (tokens: SessionTokens | null) => void;
}

/** All that one operation knows beside its document and variables. */
export class OperationContext {
  readonly startedAt = performance.now();
  /** Apart, because Apollo Server works on a shallow copy of what it was given. */
  private readonly state: { caller: RequestCaller; reads: boolean; cost: number | null; perPerson: boolean };
  /** Of the whole operation, the events of a subscription included. */
  private readonly tally: { fetches: number };

  constructor(
    private readonly parts: OperationContextParts,
    tally = { fetches: 0 },
  ) {
    this.tally = tally;
    this.state = { caller: parts.caller, reads: false, cost: null, perPerson: false };
  }

  /** Why nothing of the operation may be done; null when it may. */
  get refusal(): GraphQLError | null {
    return this.parts.refusal;
  }

  get deadline(): Deadline {
    return this.parts.deadline;
  }

  get transport(): OperationContextParts["transport"] {
    return this.parts.transport;
  }

  /** The same, with less time: for one event of a subscription. */
  within(deadline: Deadline): OperationContext {
    const caller = { ...this.state.caller, deadline: deadline.at };
    return new OperationContext({ ...this.parts, caller, deadline }, this.tally);
  }

  /** The same operation in the name of somebody else: of all who share it. */
  as(caller: RequestCaller, deadline: Deadline): OperationContext {
    return new OperationContext({ ...this.parts, caller, deadline, keepSession: () => undefined });
  }

  /** Who asks; its `minimumTenancyVersion` may rise while the operation runs. */
  get caller(): RequestCaller {
    return this.state.caller;
  }

  /** What a mutation of the tree answered counts for the rest of the operation and of the session. */
  sawTenancyVersion(version: string): void {
    const sessionId = this.state.caller.claims?.sid;
    if (sessionId !== undefined) this.parts.tenancyVersions.raise(sessionId, version);
    const minimumTenancyVersion = newerVersion(this.state.caller.minimumTenancyVersion, version);
    this.state.caller = { ...this.caller, minimumTenancyVersion };
  }

  /** Called when nobody waits for the answer any more: reads are given up, changes are brought to their end. */
  clientGone(): void {
    if (this.state.reads) this.deadline.giveUp("The client has gone");
  }

  /** Told by the executor, which knows the operation. */
  isRead(): void {
    this.state.reads = true;
  }

  /** Told by the executor: the estimated cost. */
  costs(cost: number): void {
    this.state.cost = cost;
  }

  /** Told of a subscription: the trace that opened it. */
  isTracedBy(trace: RequestCaller["trace"]): void {
    if (trace) this.state.caller = { ...this.caller, trace };
  }

  /** Told of each fetch from a subgraph. */
  fetched(): void {
    this.tally.fetches += 1;
  }

  /** Fetches from subgraphs so far. */
  get fetches(): number {
    return this.tally.fetches;
  }

  /** Told by a subgraph that was asked in the name of several callers, and needs to know who they are. */
  dependsOnPerson(): void {
    this.state.perPerson = true;
  }

  /** Whether what was answered cannot be shared. */
  get isPerPerson(): boolean {
    return this.state.perPerson;
  }

  /** Null until it is known. */
  get cost(): number | null {
    return this.state.cost;
  }

  gotSession(tokens: SessionTokens | null): void {
    this.parts.keepSession(tokens);
  }
}

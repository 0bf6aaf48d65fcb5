import type { RequestCaller, SessionTokens } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { newerVersion, type TenancyVersions } from "../identity/tenancy-versions.js";
import type { Deadline } from "../limits/deadline.js";

export interface OperationContextParts {
  caller: RequestCaller;
  refusal: GraphQLError | null;
  deadline: Deadline;
  transport: "http" | "websocket";
  tenancyVersions: TenancyVersions;
  /** Takes the tokens of a new session, or null when it ended. */
  keepSession: (tokens: SessionTokens | null) => void;
}

/** All that one operation knows beside its document and variables. */
export class OperationContext {
  readonly startedAt = performance.now();
  private current: RequestCaller;
  private reads = false;

  constructor(private readonly parts: OperationContextParts) {
    this.current = parts.caller;
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
    return new OperationContext({ ...this.parts, caller: { ...this.current, deadline: deadline.at }, deadline });
  }

  /** Who asks; its `minimumTenancyVersion` may rise while the operation runs. */
  get caller(): RequestCaller {
    return this.current;
  }

  /** What a mutation of the tree answered counts for the rest of the operation and of the session. */
  sawTenancyVersion(version: string): void {
    const sessionId = this.current.claims?.sid;
    if (sessionId !== undefined) this.parts.tenancyVersions.raise(sessionId, version);
    const minimumTenancyVersion = newerVersion(this.current.minimumTenancyVersion, version);
    this.current = { ...this.current, minimumTenancyVersion };
  }

  /** Called when nobody waits for the answer any more: reads are given up, changes are brought to their end. */
  clientGone(): void {
    if (this.reads) this.deadline.giveUp("The client has gone");
  }

  /** Told by the executor, which knows the operation. */
  isRead(): void {
    this.reads = true;
  }

  gotSession(tokens: SessionTokens | null): void {
    this.parts.keepSession(tokens);
  }
}

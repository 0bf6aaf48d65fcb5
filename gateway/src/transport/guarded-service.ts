import { setTimeout as pause } from "node:timers/promises";
import { RemoteUnavailable } from "@tollgate/kit/net";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import { Kind } from "graphql";
import { untilAborted } from "../limits/deadline.js";
import { Breaker, CircuitOpen } from "./breaker.js";

/** Before a read is tried once more: a subgraph that restarts has closed its connections, and opens new ones at once. */
const retryMilliseconds = 30;

/** A subgraph that is left alone when it fails, and whose reads are tried twice. */
export class GuardedService implements SubgraphService {
  constructor(
    private readonly service: SubgraphService,
    private readonly breaker: Breaker = new Breaker(service.name),
  ) {}

  get name(): string {
    return this.service.name;
  }

  get breakerState(): Breaker["state"] {
    return this.breaker.state;
  }

  get takesScopes(): boolean {
    return this.service.takesScopes === true;
  }

  /** @throws CircuitOpen, the signal's reason when it was aborted, or what the subgraph throws */
  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    try {
      return await this.attempt(request);
    } catch (error) {
      if (!isWorthAnother(error, request)) throw error;
      await pause(retryMilliseconds, undefined, request.signal && { signal: request.signal });
      return await this.attempt(request);
    }
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    return this.service.subscribe(request);
  }

  private async attempt(request: SubgraphRequest): Promise<SubgraphResponse> {
    const { signal, caller } = request;
    const ask = async (): Promise<SubgraphResponse> => {
      const answer = this.service.execute(request);
      return signal ? await untilAborted(answer, signal) : await answer;
    };
    // Who leaves early says nothing about the subgraph; who waited to the end does.
    return await this.breaker.run(ask, () => !signal?.aborted || Date.now() >= caller.deadline);
  }
}

/** A change may have been done although its answer was lost: reads alone are repeated. */
function isWorthAnother(error: unknown, { document, signal }: SubgraphRequest): boolean {
  if (!(error instanceof RemoteUnavailable) || error instanceof CircuitOpen || signal?.aborted) return false;
  return document.definitions.every(
    (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === "query",
  );
}

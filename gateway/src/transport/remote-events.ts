import { RemoteUnavailable } from "@tollgate/kit/net";
import type { SubgraphRequest, SubgraphResponse } from "@tollgate/kit/protocol";
import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { RemoteSocket, WrittenOperation } from "./remote-socket.js";
import { resumedAfter } from "./resume.js";

const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

export interface RemoteEventsParts {
  socket: RemoteSocket;
  request: SubgraphRequest;
  /** The operation as it travels. */
  written: (request: SubgraphRequest) => WrittenOperation;
  logger: Logger;
  /** Why a lost connection is one that the subgraph will not have again; null where it may be had. */
  refusalOf?: (reason: unknown) => GraphQLFormattedError | null;
  /** Called once, whichever way it ended. */
  ended?: () => void;
}

type Step = IteratorResult<SubgraphResponse, undefined>;

/**
 * One subscription at a subgraph in another process. Once it has run, it survives the loss of the connection and the
 * restart of the subgraph: it subscribes again with growing pauses, and goes on behind the last event where the stream
 * has cursors. What cannot even begin is refused, so that the client hears of it.
 */
export class RemoteEvents implements AsyncIterableIterator<SubgraphResponse, undefined> {
  private readonly waiting: SubgraphResponse[] = [];
  private reader: PromiseWithResolvers<Step> | null = null;
  private failure: Error | null = null;
  private ended = false;
  private begun = false;
  private failures = 0;
  /** Which of the subscriptions, one after the other, is the present one: what is left behind is not listened to. */
  private turn = 0;
  private cursor: string | null = null;
  private leave: () => void = () => undefined;
  private pause: NodeJS.Timeout | undefined;

  constructor(private readonly parts: RemoteEventsParts) {
    this.open();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    const value = this.waiting.shift();
    if (value) return { done: false, value };
    if (this.failure) {
      const { failure } = this;
      this.failure = null;
      throw failure;
    }
    if (this.ended) return { done: true, value: undefined };
    this.reader = Promise.withResolvers<Step>();
    return await this.reader.promise;
  }

  async return(): Promise<Step> {
    this.waiting.length = 0;
    this.finish();
    return { done: true, value: undefined };
  }

  private open(): void {
    const { socket, request: first, written } = this.parts;
    const [before, wasConnected] = [socket.connections, socket.isConnected];
    const request = this.cursor === null ? first : resumedAfter(first, this.cursor);
    this.turn += 1;
    const turn = this.turn;
    const ifPresent = (then: () => void): void => {
      if (turn === this.turn && !this.ended) then();
    };
    this.leave = socket.subscribe(written(request), {
      next: (response) => ifPresent(() => this.take(response)),
      error: (reason) =>
        ifPresent(() => {
          if (Array.isArray(reason)) this.refused(reason);
          else this.lost(reason, wasConnected || socket.connections > before);
        }),
      complete: () => ifPresent(() => this.finish()),
    });
  }

  private take(response: SubgraphResponse): void {
    const isRefusal = response.data === undefined && (response.errors?.length ?? 0) > 0;
    if (isRefusal && this.mayTryAgain(response.errors ?? [])) {
      this.openLater();
      return;
    }
    this.begun = true;
    this.failures = 0;
    this.cursor = response.extensions?.cursor ?? this.cursor;
    this.push(response);
  }

  /** The subgraph answered, and will not do it. */
  private refused(errors: readonly GraphQLFormattedError[]): void {
    if (this.mayTryAgain(errors)) {
      this.openLater();
      return;
    }
    this.push({ errors });
    this.finish();
  }

  private mayTryAgain(errors: readonly GraphQLFormattedError[]): boolean {
    return this.begun && errors.every((error) => error.extensions?.code === "UNAVAILABLE");
  }

  private lost(reason: unknown, wasThere: boolean): void {
    const refusal = this.parts.refusalOf?.(reason);
    if (refusal) {
      this.refused([refusal]);
      return;
    }
    if (wasThere) this.begun = true;
    if (this.begun) {
      this.openLater();
      return;
    }
    this.failure = new RemoteUnavailable("the subgraph does not answer", { cause: reason });
    this.finish();
  }

  private openLater(): void {
    this.turn += 1;
    this.leave();
    const { requestId } = this.parts.request.caller;
    if (this.failures === 0)
      this.parts.logger.warn({ requestId }, "lost a subscription of a subgraph; subscribing again");
    const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** this.failures, LONGEST_PAUSE_MILLISECONDS);
    this.failures += 1;
    // Not all at the same moment: a subgraph that has just come back is called by everybody.
    this.pause = setTimeout(() => this.open(), pause * (0.5 + Math.random()));
  }

  private push(response: SubgraphResponse): void {
    const { reader } = this;
    this.reader = null;
    if (reader) reader.resolve({ done: false, value: response });
    else this.waiting.push(response);
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.pause);
    this.leave();
    this.parts.ended?.();
    const { reader } = this;
    this.reader = null;
    if (!reader) return;
    if (this.failure) reader.reject(this.failure);
    else reader.resolve({ done: true, value: undefined });
    this.failure = null;
  }
}

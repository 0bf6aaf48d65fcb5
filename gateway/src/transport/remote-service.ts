import { type RemoteProcess, RemoteUnavailable } from "@tollgate/kit/net";
import {
  CONNECT_CALL,
  GRAPHQL_PATH,
  type SubgraphRequest,
  type SubgraphResponse,
  type SubgraphService,
} from "@tollgate/kit/protocol";
import type { Logger } from "pino";
import { enclosed } from "./enclosed.js";
import { RemoteEvents } from "./remote-events.js";
import { RemoteSocket } from "./remote-socket.js";
import { readAnswer } from "./subgraph-answer.js";

/** A subgraph in another process: operations over kept HTTP connections, subscriptions over one WebSocket. */
export class RemoteService implements SubgraphService {
  readonly takesScopes = true;
  private readonly socket: RemoteSocket;

  constructor(
    private readonly process: RemoteProcess,
    private readonly logger: Logger,
  ) {
    const { origin } = new URL(process.url);
    this.socket = new RemoteSocket({
      url: `${origin}${GRAPHQL_PATH}`,
      connectionParams: () => process.signature(CONNECT_CALL),
    });
  }

  get name(): string {
    return this.process.name;
  }

  /** @throws RemoteUnavailable when the subgraph does not answer; the signal's reason when it was aborted */
  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    const answer = await this.process.call({
      method: "POST",
      path: GRAPHQL_PATH,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(enclosed(request)),
      milliseconds: Math.max(1, request.caller.deadline - Date.now()),
      signal: request.signal,
    });
    if (answer.status !== 200) throw new RemoteUnavailable(`${this.name} answered ${answer.status}`);
    return readAnswer(this.name, answer.body);
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    return new RemoteEvents({
      socket: this.socket,
      request,
      written: enclosed,
      logger: this.logger,
    });
  }

  /** Ends all subscriptions. */
  async close(): Promise<void> {
    await this.socket.close();
  }
}

import { KeptConnections, RemoteUnavailable } from "@tollgate/kit/net";
import { traceHeaders } from "@tollgate/kit/observe";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { foreign } from "../observe/errors.js";
import { textOf } from "./enclosed.js";
import { forwardedOf } from "./forwarded.js";
import { RemoteEvents } from "./remote-events.js";
import { RemoteSocket, type WrittenOperation } from "./remote-socket.js";
import { readAnswer } from "./subgraph-answer.js";

/** Any GraphQL server that is a subgraph: GraphQL over HTTP and graphql-transport-ws, with the headers of whoever asks. */
export class PlainService implements SubgraphService {
  private readonly connections: KeptConnections;
  /** One for all subscriptions with the same headers: a server reads them once a connection. */
  private readonly sockets = new Map<string, { socket: RemoteSocket; users: number }>();

  /** @param url of its GraphQL, `http` or `https` */
  constructor(
    readonly name: string,
    readonly url: string,
    private readonly logger: Logger,
  ) {
    this.connections = new KeptConnections(name, url);
  }

  /** @throws RemoteUnavailable when no answer of GraphQL comes; the signal's reason when it was aborted */
  async execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    const { caller, signal } = request;
    const { pathname, search } = new URL(this.url);
    const { status, body } = await this.connections.call({
      method: "POST",
      path: `${pathname}${search}`,
      body: JSON.stringify(written(request)),
      headers: {
        ...forwardedOf(caller),
        ...traceHeaders(),
        "x-request-id": caller.requestId,
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
      },
      milliseconds: Math.max(1, caller.deadline - Date.now()),
      signal,
    });
    if (status >= 500) throw new RemoteUnavailable(`${this.name} answered ${status}`);
    const code = refusals.get(status);
    return code && !isJson(body) ? { data: null, errors: [refused(code)] } : ofOthers(readAnswer(this.name, body));
  }

  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse> {
    const { socket, leave } = this.socketFor(request);
    const events = new RemoteEvents({ socket, request, written, logger: this.logger, refusalOf, ended: leave });
    return mapped(events, ofOthers);
  }

  /** Ends all subscriptions; operations under way go on, and no more are taken. */
  async close(): Promise<void> {
    await Promise.all([...this.sockets.values()].map(async ({ socket }) => await socket.close()));
    await this.connections.close();
  }

  private socketFor({ caller }: SubgraphRequest): { socket: RemoteSocket; leave: () => void } {
    const { traceparent: _, tracestate: __, ...headers } = forwardedOf(caller); // those are one operation's
    const key = JSON.stringify(headers);
    const { authorization } = headers;
    const connectionParams = () => (authorization === undefined ? {} : { authorization });
    const known = this.sockets.get(key) ?? {
      socket: new RemoteSocket({ url: this.url, connectionParams, headers }),
      users: 0,
    };
    this.sockets.set(key, known);
    known.users += 1;
    const leave = (): void => {
      known.users -= 1;
      if (known.users > 0) return;
      this.sockets.delete(key);
      known.socket.close().catch((error: unknown) => this.logger.debug({ err: error }, "a socket did not close"));
    };
    return { socket: known.socket, leave };
  }
}

const written = ({ document, operationName, variables }: SubgraphRequest): WrittenOperation => ({
  query: textOf(document),
  ...(operationName === undefined ? {} : { operationName }),
  ...(variables === undefined ? {} : { variables }),
});

/** What a subgraph says about who asks by its status alone. */
const refusals: ReadonlyMap<number, "UNAUTHENTICATED" | "FORBIDDEN" | "RATE_LIMITED"> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "FORBIDDEN"],
  [429, "RATE_LIMITED"],
]);

const refused = (code: string): GraphQLFormattedError => ({ message: "The subgraph refused", extensions: { code } });

/** A server of graphql-transport-ws closes the connection with these codes where it will not have whoever asks. */
function refusalOf(reason: unknown): GraphQLFormattedError | null {
  const code = typeof reason === "object" && reason !== null && "code" in reason ? reason.code : null;
  if (code === 4401) return refused("UNAUTHENTICATED");
  return code === 4403 ? refused("FORBIDDEN") : null;
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Its errors are its own; of what it says beside them only the cursor is for the gateway. */
function ofOthers({ data, errors, extensions }: SubgraphResponse): SubgraphResponse {
  const { cursor } = extensions ?? {};
  return {
    data,
    ...(errors && { errors: errors.map((error) => ({ ...error, extensions: marked(error.extensions) })) }),
    ...(typeof cursor === "string" && { extensions: { cursor } }),
  };
}

function marked(extensions: GraphQLFormattedError["extensions"]): Record<string, unknown> {
  return Object.assign({ ...extensions }, { [foreign]: true });
}

function mapped<T>(iterator: AsyncIterableIterator<T>, map: (value: T) => T): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      const step = await iterator.next();
      return step.done ? step : { done: false, value: map(step.value) };
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
}

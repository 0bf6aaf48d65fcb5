import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, Socket } from "node:net";

export interface Asked {
  headers: IncomingHttpHeaders;
  query: string;
  operationName: string;
  variables: Record<string, unknown>;
}

/** An answer; `null` breaks the connection off, `"never"` leaves the request waiting. */
export type Reply = Written | null | "never";

interface Written {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** A graph that answers over HTTP as a test says, and remembers what it was asked. */
export interface HttpGraph {
  url: string;
  asked: Asked[];
  stop: () => Promise<void>;
}

export async function startHttpGraph(reply: (asked: Asked, number: number) => Reply): Promise<HttpGraph> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString());
      const one = { headers: request.headers, ...body } as Asked; // as graphql-request writes it
      asked.push(one);
      const answer = reply(one, asked.length);
      if (answer === "never") return;
      if (answer === null) return void (request.socket instanceof Socket && request.socket.destroy());
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}

/** An answer of errors alone. */
export const refusing = (code: string, extensions: Record<string, unknown> = {}): Written => ({
  body: { data: null, errors: [{ message: `because of ${code}`, extensions: { code, ...extensions } }] },
});

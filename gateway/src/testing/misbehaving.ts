import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server does in place of answering. */
export const misbehaviours = {
  "resets connections": (response) => response.socket?.resetAndDestroy(),
  "closes connections": (response) => response.destroy(),
  "answers a page": (response) => response.setHeader("content-type", "text/html").end("<html>Welcome</html>"),
  "answers a page with 502": (response) => response.writeHead(502).end("<html>Bad gateway</html>"),
  "answers 503 in JSON": (response) => response.writeHead(503).end('{"errors":[{"message":"host db-7 is down"}]}'),
  "answers half of an answer": (response) => {
    response.writeHead(200, { "content-length": "1000" }).write('{"data":{"reviews":[{"');
    setImmediate(() => response.destroy());
  },
  "answers cut-off JSON": (response) => response.end('{"data":{"topReview":'),
  "answers nothing": (response) => response.end(),
  "answers null": (response) => response.end("null"),
  "answers a list": (response) => response.end("[]"),
  "answers another shape": (response) => response.end('{"data":"yes","errors":"no"}'),
  "answers errors that are none": (response) => response.end('{"errors":[null,7]}'),
  "answers bytes": (response) => response.end(Buffer.from([0, 255, 254, 1, 2, 3])),
  "redirects elsewhere": (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  "answers without an end": (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1_048_576, 32)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  },
  "is silent": () => undefined,
  "begins and is silent": (response) => void response.writeHead(200).write('{"data":'),
} satisfies Record<string, (response: ServerResponse) => void>;

export type Misbehaviour = keyof typeof misbehaviours;

/** A server that misbehaves on purpose. */
export async function startMisbehaving(how: Misbehaviour): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    response.on("error", () => undefined); // whoever asked has gone, which is what these tests are about
    request.resume().once("end", () => misbehaviours[how](response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on a port
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

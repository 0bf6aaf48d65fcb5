import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reply, TakenRequest } from "./simulated.js";

/** Of a request: what we ask providers has a few kilobytes. */
const MOST_BYTES = 256 * 1024;

/** Listens on a free port of this computer, which nobody else reaches. @param afterwards what follows an answer. */
export const listenOnLoopback = async (
  handle: (request: TakenRequest) => Reply,
  afterwards: () => void,
): Promise<{ address: string; stop: () => Promise<void> }> => {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) incoming.destroy();
      else chunks.push(chunk);
    });
    incoming.on("end", () => {
      const { method = "", url: path = "", headers } = incoming;
      const { status, contentType, body } = answered(() =>
        handle({ method, path, headers, body: Buffer.concat(chunks).toString() }),
      );
      outgoing.writeHead(status, { "content-type": contentType }).end(body, afterwards);
    });
  });
  await new Promise<void>((ready, failed) => server.once("error", failed).listen(0, "127.0.0.1", ready));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, stop: () => stopped(server) };
};

/** What makes no sense to a provider is refused by it, not a reason to fall over. */
const answered = (handle: () => Reply): Reply => {
  try {
    return handle();
  } catch (error) {
    const body = error instanceof Error ? error.message : "It makes no sense.";
    return { status: 400, contentType: "text/plain", body };
  }
};

const stopped = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

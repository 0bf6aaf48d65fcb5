import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reply, TakenRequest } from "../simulated/simulated.js";

/** A provider's interface on loopback. */
export interface Loopback {
  address: string;
  /** What was asked last. */
  last(): TakenRequest;
  /** From now on every answer is this one; null is the provider's own again. */
  answerWith(reply: Reply | null): void;
  /** Keeps all answers back until what it returns is called. */
  holdBack(): () => void;
  stop(): Promise<void>;
}

/** Listens on a free port of loopback. */
export const listen = async (handle: (request: TakenRequest) => Reply): Promise<Loopback> => {
  let last: TakenRequest = { method: "", path: "", headers: {}, body: "" };
  let always: Reply | null = null;
  let free = Promise.resolve();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url: path = "", headers } = incoming;
      last = { method, path, headers, body: Buffer.concat(chunks).toString() };
      const { status, contentType, body } = always ?? handle(last);
      const answer = () => outgoing.writeHead(status, { "Content-Type": contentType }).end(body);
      free.then(answer, answer);
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    last: () => last,
    answerWith: (reply) => {
      always = reply;
    },
    holdBack: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      free = promise;
      return resolve;
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};

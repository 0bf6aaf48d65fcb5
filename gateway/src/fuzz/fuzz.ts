import { brokenRequest, framedRequest, liveRequest } from "./http-messages.js";
import { Random } from "./random.js";
import { hasCloseFrame, RawConnection } from "./raw-connection.js";
import { brokenFrame, brokenHandshake, frame, handshake, oddMessage, protocolMessage } from "./socket-messages.js";

export interface FuzzOptions {
  port: number;
  /** Of somebody who may ask. */
  token: string;
  /** The same seed sends the same. */
  seed: number;
  /** Messages at least. */
  messages: number;
  /** Connections at once. */
  connections: number;
}

export interface FuzzReport {
  sent: number;
  /** Answers over HTTP. */
  answers: number;
  /** Messages that came over WebSockets. */
  socketMessages: number;
  /** Answers that say that something went wrong with us. */
  internal: string[];
}

const last = "GET /health/live HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n";
const messagesOfOne = 20;

/** Throws malformed messages at a gateway. @throws when a connection is left hanging */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = { sent: 0, answers: 0, socketMessages: 0, internal: [] };
  let begun = 0;
  const client = async (): Promise<void> => {
    while (report.sent < options.messages) {
      begun += 1;
      // Each connection is made of its own number, whichever client has it: the same seed gives the same connections.
      const random = new Random(options.seed + begun * 7_919);
      const kind = random.pick([framedRequests, framedRequests, oneRequest, socketSession, socketSession, oneSocket]);
      const connection = new RawConnection(options.port, `127.0.0.${1 + (begun % 200)}`);
      report.sent += await kind(connection, random, options.token);
      await connection.whenClosed();
      note(report, connection.received, options.seed + begun * 7_919);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, client));
  return report;
}

function note(report: FuzzReport, received: string, seed: number): void {
  report.answers += received.split("HTTP/1.1 ").length - 1;
  report.socketMessages += received.split('"type":"').length - 1;
  const fault = /"code":"INTERNAL"|HTTP\/1\.1 50[0-2]|Something went wrong/.exec(received);
  if (fault) report.internal.push(`seed ${seed}: ${received.slice(Math.max(0, fault.index - 300), fault.index + 300)}`);
}

type Kind = (connection: RawConnection, random: Random, token: string) => Promise<number>;

const framedRequests: Kind = async (connection, random, token) => {
  for (let count = 0; count < messagesOfOne; count += 1) connection.send(framedRequest(random, token));
  connection.send(last);
  return messagesOfOne;
};

const oneRequest: Kind = async (connection, random, token) => {
  if (random.chance(0.3)) {
    connection.send(liveRequest(random, token));
    await connection.seen((received) => /x-accel-buffering|event: complete|\r\n\r\n./.test(received));
  } else connection.send(brokenRequest(random, token));
  connection.end();
  return 1;
};

/** Somebody who knows the protocol, until the last message. */
const socketSession: Kind = async (connection, random, token) => {
  const sendText = (text: Buffer): void => connection.send(frame(text));
  connection.send(handshake());
  sendText(Buffer.from(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })));
  await connection.seen((received) => received.includes("connection_ack") || hasCloseFrame(received));
  for (let count = 0; count < messagesOfOne; count += 1) sendText(protocolMessage(random));
  sendText(Buffer.from('{"type":"ping","payload":{"last":true}}'));
  await connection.seen((received) => received.includes('{"last":true}') || hasCloseFrame(received));
  connection.send(random.chance(0.5) ? brokenFrame(random) : frame(oddMessage(random)));
  connection.end();
  return messagesOfOne + 2;
};

/** Somebody who does not. */
const oneSocket: Kind = async (connection, random) => {
  if (random.chance(0.3)) connection.send(brokenHandshake(random));
  else {
    connection.send(handshake());
    connection.send(random.chance(0.5) ? brokenFrame(random) : frame(oddMessage(random)));
  }
  connection.end();
  return 1;
};

import { cut, operationValue, withBrokenText } from "./bodies.js";
import type { Random } from "./random.js";

const text = 1;

/** A frame as clients send it: masked, with its length in the fewest bytes. */
export function frame(payload: Buffer, opcode = text, isLast = true): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head(payload.length, opcode | (isLast ? 0x80 : 0)), mask, masked]);
}

function head(length: number, first: number): Buffer {
  if (length < 126) return Buffer.from([first, 0x80 | length]);
  if (length < 65_536) return Buffer.from([first, 0x80 | 126, length >> 8, length & 255]);
  const long = Buffer.alloc(10);
  long.writeUInt8(first, 0);
  long.writeUInt8(0x80 | 127, 1);
  long.writeBigUInt64BE(BigInt(length), 2);
  return long;
}

/** A message of graphql-transport-ws, more or less. */
export function protocolMessage(random: Random): Buffer {
  const id = random.pick(["1", "2", "3", "__proto__", "", "\u0000"]);
  const message = random.pick<() => object>([
    () => ({ id, type: "subscribe", payload: operationValue(random) }),
    () => ({ id, type: "subscribe", payload: operationValue(random) }),
    () => ({ id, type: "subscribe", payload: operationValue(random) }),
    () => ({ id, type: "complete" }),
    () => ({ id, type: "complete", payload: random.below(9) }),
    () => ({ type: "ping", payload: { a: random.below(9) } }),
    () => ({ type: "pong" }),
    () => ({ type: "pong", payload: null }),
  ])();
  return Buffer.from(JSON.stringify(message));
}

/** A message that no client of the protocol sends: the connection may be closed for it. */
export function oddMessage(random: Random): Buffer {
  return random.pick<() => Buffer>([
    () => Buffer.from(JSON.stringify({ type: "connection_init" })),
    () =>
      Buffer.from(
        JSON.stringify({ type: "connection_init", payload: random.pick([1, [], "x", { authorization: 7 }]) }),
      ),
    () => Buffer.from(JSON.stringify({ type: random.pick(["start", "data", "next", "error", "", 7, null]) })),
    () => Buffer.from(JSON.stringify({ id: random.below(9), type: "subscribe", payload: { query: "{ weather }" } })),
    () => Buffer.from(JSON.stringify({ id: "1", type: "subscribe" })),
    () => Buffer.from(JSON.stringify({ id: "1", type: "subscribe", payload: { query: 1 } })),
    () => Buffer.from(random.pick(["", "null", "[]", "7", "{", '"x"', "\u0000", "{}{}"])),
    () => Buffer.from(random.bytes(random.below(200)).map((byte) => byte & 127)),
    () => cut(random, protocolMessage(random)),
    () => Buffer.from(`{"type":"subscribe","id":"1","payload":${"[".repeat(30_000)}`),
  ])();
}

/** What breaks the framing of WebSocket; nothing can follow it. */
export function brokenFrame(random: Random): Buffer {
  const payload = protocolMessage(random);
  return random.pick<() => Buffer>([
    () => random.bytes(1 + random.below(200)),
    () => frame(withBrokenText(random, payload)),
    () => frame(payload, 3 + random.below(5)),
    () => frame(payload, 11 + random.below(5)),
    () => frame(payload, text | 0x40),
    () => frame(payload, 0),
    () => frame(Buffer.alloc(126), 9),
    () => frame(Buffer.from([3]), 8),
    () => frame(Buffer.from([0x03, 0xed]), 8),
    () => frame(Buffer.from([0xff, 0xff, 0x80]), 8),
    () => frame(payload, 9, false),
    () => Buffer.concat([frame(payload, text, false), frame(payload, text)]),
    () => Buffer.concat([frame(payload, text, false), frame(payload, 10), frame(payload, 0, false)]),
    () => Buffer.from([0x81, payload.length & 127, ...payload]),
    () => Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    () => Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]),
    () => cut(random, frame(payload)),
    () => frame(random.bytes(random.below(300)), 2),
  ])();
}

/** The request that becomes a WebSocket. */
export const handshake = (protocol = "graphql-transport-ws"): string =>
  "GET /graphql HTTP/1.1\r\nhost: gateway\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n" +
  `sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`;

/** One that does not. */
export function brokenHandshake(random: Random): Buffer {
  const whole = handshake();
  return random.pick<() => Buffer>([
    () => Buffer.from(whole.replace("13", random.pick(["0", "99", "x", ""]))),
    () => Buffer.from(whole.replace("AAAA", "?")),
    () => Buffer.from(whole.replace("/graphql", random.pick(["/", "/nowhere", "/metrics", "*", "http://%"]))),
    () => Buffer.from(whole.replace("GET", "POST")),
    () => Buffer.from(whole.replace("websocket", "h2c")),
    () => Buffer.from(handshake(random.pick(["graphql-ws", ",,,", "a b", ""]))),
    () =>
      Buffer.from(whole.replace("\r\n\r\n", "\r\ncookie: tollgate_access=x\r\norigin: https://evil.example\r\n\r\n")),
    () => cut(random, Buffer.from(whole)),
    () => Buffer.concat([Buffer.from(whole), random.bytes(1 + random.below(50))]),
  ])();
}

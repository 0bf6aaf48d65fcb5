import { requestBody } from "./bodies.js";
import { mutatedDocument } from "./documents.js";
import type { Random } from "./random.js";

const contentTypes = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json; charset=utf-16",
  "application/graphql",
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "/",
  "",
] as const;

const accepts = ["application/json", "application/graphql-response+json", "*/*", "text/html", ";;;", ""] as const;

/** Credentials of somebody who may ask, and some that nobody has. */
function authorization(random: Random, token: string): string {
  return random.pick<() => string>([
    () => `authorization: Bearer ${token}\r\n`,
    () => "",
    () => `authorization: Bearer ${token.slice(0, random.below(token.length))}\r\n`,
    () => "authorization: Bearer a.b.c\r\n",
    () => "authorization: Basic Og==\r\n",
    () => "cookie: tollgate_access=x; =; ;;; a=b=c; __proto__=1\r\n",
    () => "x-organisation-id: nowhere\r\n",
    () => "x-request-id: \u00e9\r\ntraceparent: 00-1-1-1\r\n",
    () => `x-api-key: ${random.bytes(12).toString("hex")}\r\n`,
  ])();
}

/** A request whose limits are clear, so that another one can follow on the same connection; what it asks may be anything. */
export function framedRequest(random: Random, token: string): Buffer {
  if (random.chance(0.2)) return addressedRequest(random, token);
  const body = requestBody(random);
  const head =
    `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: ${random.pick(contentTypes)}\r\n` +
    `accept: ${random.pick(accepts)}\r\n${authorization(random, token)}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** A request for events, which may stay open; the only one of its connection. */
export function liveRequest(random: Random, token: string): Buffer {
  const body = requestBody(random);
  const head =
    `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nconnection: close\r\n` +
    `accept: text/event-stream\r\n${authorization(random, token)}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

function addressedRequest(random: Random, token: string): Buffer {
  const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).slice(0, 4_000);
  const query = random.pick<() => string>([
    () => `?query=${encoded(mutatedDocument(random))}`,
    () => `?query=${encoded("{ weather }")}&variables=${encoded(random.pick(["{", "null", "[]", '{"a":1}', "x"]))}`,
    () => "?query=%ff%fe%",
    () => "?query=a&query=b&extensions={&__proto__=1",
    () => "",
  ])();
  const method = random.pick(["GET", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]);
  const path = random.pick([
    "/graphql",
    "/graphql",
    "/graphql/",
    "/health/ready",
    "/metrics",
    "/%2e%2e/x",
    "/assets/..%2f",
  ]);
  return Buffer.from(
    `${method} ${path}${query} HTTP/1.1\r\nhost: gateway\r\naccept: ${random.pick(accepts)}\r\n${authorization(random, token)}\r\n`,
    "latin1",
  );
}

/** What breaks HTTP itself; nothing can follow it. */
export function brokenRequest(random: Random, token: string): Buffer {
  const body = requestBody(random);
  const post = (headers: string, content: Buffer = body): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n${headers}\r\n`,
        "latin1",
      ),
      content,
    ]);
  return random.pick<() => Buffer>([
    () => random.bytes(random.below(400)),
    () => post(`content-length: ${body.length + 1 + random.below(10_000)}\r\n`),
    () => post(`content-length: ${random.below(body.length + 1)}\r\n`),
    () => post("content-length: -1\r\n"),
    () => post("content-length: 1e3\r\n"),
    () => post("content-length: 99999999999999999999\r\n"),
    () => post(`content-length: ${body.length}\r\ncontent-length: 1\r\n`),
    () => post(`content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n`),
    () => post("transfer-encoding: chunked\r\n", Buffer.from(`zz\r\n${random.below(99)}\r\n`)),
    () => post("transfer-encoding: chunked\r\n", Buffer.from("ffffffffffff\r\n{}")),
    () => post("transfer-encoding: chunked\r\n", Buffer.from("5\r\n{}\r\n0\r\n\r\n")),
    () => post(`content-encoding: gzip\r\ncontent-length: ${body.length}\r\n`),
    () => post("expect: 100-continue\r\ncontent-length: 10\r\n"),
    () => post(`x: ${"y".repeat(20_000)}\r\n`),
    () => post("x\r\n: y\r\n"),
    () => post(`content-length: 2\r\nx: ${random.bytes(20).toString("latin1")}\r\n`),
    () => Buffer.from("GET /graphql HTTP/9.9\r\n\r\n"),
    () => Buffer.from("GET http://other.example:99999/graphql HTTP/1.1\r\nhost: x\r\n\r\n"),
    () => Buffer.from(`GET ${"/a".repeat(9_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
    () => Buffer.from("CONNECT gateway:1 HTTP/1.1\r\nhost: x\r\n\r\n"),
    () => Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    () => framedRequest(random, token).subarray(0, 1 + random.below(200)),
  ])();
}

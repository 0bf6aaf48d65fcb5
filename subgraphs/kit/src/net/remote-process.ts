import type { Readable } from "node:stream";
import { traceHeaders } from "../observe/tracing.js";
import { decode, encode } from "../protocol/codec.js";
import { SIGNATURE_HEADERS, signCall } from "../protocol/signing.js";
import { KeptConnections, RemoteUnavailable, type SentCall } from "./kept-connections.js";

export interface RemoteCall {
  method: "GET" | "POST" | "PUT";
  /** With the query. */
  path: string;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  /** Of the client that the call is passed through for. */
  address?: string;
  /** Until when somebody waits; 10 s when left out. */
  milliseconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface RemoteAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const CALL_MILLISECONDS = 10_000;

/** Another process of Tollgate, called over kept connections; each call is signed for it. */
export class RemoteProcess {
  private readonly connections: KeptConnections;

  constructor(
    readonly name: string,
    readonly url: string,
    /** Who calls. */
    private readonly self: string,
    private readonly masterSecret: string,
  ) {
    this.connections = new KeptConnections(name, url);
  }

  /** @throws RemoteUnavailable when no answer comes; the signal's reason when it was aborted. */
  async call(call: RemoteCall): Promise<RemoteAnswer> {
    const answer = await this.connections.call(this.signed(call));
    return { ...answer, headers: singleHeaders(answer.headers) };
  }

  /** The same, with a body that is passed on while it comes. @throws RemoteUnavailable when no answer begins. */
  async open(call: RemoteCall): Promise<Omit<RemoteAnswer, "body"> & { body: Readable }> {
    const answer = await this.connections.open(this.signed(call));
    return { ...answer, headers: singleHeaders(answer.headers) };
  }

  private signed(call: RemoteCall): SentCall {
    const { method, path, body = "", address, signal, milliseconds = CALL_MILLISECONDS } = call;
    const headers = {
      ...call.headers,
      ...traceHeaders(),
      ...this.signature({ method, path, body, ...(address && { address }) }),
    };
    return { method, path, body, headers, milliseconds, signal };
  }

  /** The same, where anything but 200 is as good as no answer. @returns the answer's text */
  async ask(call: RemoteCall): Promise<string> {
    const { status, body } = await this.call(call);
    if (status !== 200) throw new RemoteUnavailable(`${this.name} answered ${status}`);
    return body.toString("utf8");
  }

  /** Asks one of the `QUESTIONS`, in the one JSON codec. */
  async question(path: string, question: unknown, milliseconds?: number): Promise<unknown> {
    return decode(await this.ask({ method: "POST", path, body: encode(question), milliseconds }));
  }

  /** Headers that prove who calls. */
  signature(call: { method: string; path: string; body: string | Uint8Array; address?: string }) {
    return signCall(this.masterSecret, this.self, this.name, call);
  }

  /** Lets calls under way go on, and takes no more. */
  async close(): Promise<void> {
    await this.connections.close();
  }
}

/** Headers that belong to one connection, or that only we may set. */
const NEVER_PASSED_ON = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "host",
  "content-length",
  "expect",
  "te",
  "trailer",
  ...Object.values(SIGNATURE_HEADERS),
]);

/** A client's headers as they may travel on. */
export const passedOnHeaders = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NEVER_PASSED_ON.has(name.toLowerCase()) ? [] : [[name, value]],
    ),
  );

const singleHeaders = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  passedOnHeaders(
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    ),
  );

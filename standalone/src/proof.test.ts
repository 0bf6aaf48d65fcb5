import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Person, TestTollgate } from "./testing/tollgate.js";

/** The books go by this clock; links to proofs as well. */
let time = Date.now();
let tollgate: TestTollgate;
let payer: Person;
let reseller: Person;
let stranger: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"), {}, () => new Date(time));
  payer = await tollgate.signIn("freight");
  reseller = await tollgate.signIn("reseller");
  stranger = await tollgate.signIn("clinics");
});
afterAll(() => tollgate.stop());

const MOST_BYTES = 5 * 2 ** 20;
const PDF = new TextEncoder().encode("%PDF-1.7 a transfer of R500");
/** A file that begins like a PDF and has exactly this many bytes. */
const pdfOf = (bytes: number): Uint8Array<ArrayBuffer> => {
  const content = new Uint8Array(bytes);
  content.set(PDF);
  return content;
};

const startTopUp = async (): Promise<string> => {
  const { data } = await payer.ask("{ organisation { wallet { id } } }");
  const input = {
    walletId: data.organisation.wallet.id,
    amount: { minorUnits: "50000", currency: "ZAR" },
    provider: "MANUAL",
    idempotencyKey: randomUUID(),
  };
  const started = await payer.ask(
    "mutation ($input: StartTopUpInput!) { startTopUp(input: $input) { ... on TopUp { id } ... on Problem { message } } }",
    { input },
  );
  return started.data.startTopUp.id;
};

interface Target {
  id: string;
  url: string;
}

const createUpload = (person: Person, topUpId: string, contentType = "application/pdf") =>
  person.ask(
    `mutation ($input: CreateProofUploadInput!) { createProofUpload(input: $input) {
      ... on UploadTarget { id url maxBytes contentTypes } ... on Problem { code } } }`,
    { input: { topUpId, contentType } },
  );

const place = async (topUpId?: string): Promise<Target> =>
  (await createUpload(payer, topUpId ?? (await startTopUp()))).data.createProofUpload;

/** What the gateway answers at a link, whatever the server calls its own address. */
const send = (link: string, method: "PUT" | "GET", body?: Uint8Array<ArrayBuffer>): Promise<Response> => {
  const { pathname, search } = new URL(link);
  const headers = { "content-type": "application/pdf" };
  return fetch(new URL(pathname + search, tollgate.url), body ? { method, body, headers } : { method });
};
const put = async (link: string, body: Uint8Array<ArrayBuffer>): Promise<number> =>
  (await send(link, "PUT", body)).status;

describe("the proof of a transfer", () => {
  it("goes from the payer through the gateway to whoever decides, byte by byte, as a file to keep", async () => {
    const topUpId = await startTopUp();
    const { id: uploadId, url } = await place(topUpId);
    expect(await put(url, pdfOf(MOST_BYTES))).toBe(204);
    const submitted = await payer.ask(
      `mutation ($input: SubmitTopUpProofInput!) { submitTopUpProof(input: $input) {
        ... on TopUp { state } ... on Problem { message } } }`,
      { input: { topUpId, uploadId, bankReference: "EFT 4711", idempotencyKey: randomUUID() } },
    );
    expect(submitted.data.submitTopUpProof).toEqual({ state: "AWAITING_APPROVAL" });
    const { data } = await reseller.ask("query ($id: ID!) { topUp(id: $id) { proof { url contentType } } }", {
      id: topUpId,
    });
    const file = await send(data.topUp.proof.url, "GET");
    expect(file.status).toBe(200);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      "content-type": "application/pdf",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    });
    expect(Buffer.compare(Buffer.from(await file.arrayBuffer()), Buffer.from(pdfOf(MOST_BYTES)))).toBe(0);
  });

  it("has at most 5 MB: one byte more is refused, and the place stays free", async () => {
    const { url } = await place();
    expect(await put(url, pdfOf(MOST_BYTES + 1))).toBe(413);
    expect(await put(url, PDF)).toBe(204);
  });

  it("is of the kind that was announced, whatever the request calls it", async () => {
    const { url } = await place();
    expect(await put(url, new TextEncoder().encode("<html>"))).toBe(415);
    expect(await put(url, new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))).toBe(415);
    const page = await createUpload(payer, await startTopUp(), "text/html");
    expect(page.errors?.[0]?.extensions["code"]).toBe("INVALID_INPUT");
  });
});

describe("a link to a proof", () => {
  it("takes one file, once", async () => {
    const { url } = await place();
    expect(await put(url, PDF)).toBe(204);
    expect(await put(url, PDF)).toBe(409);
  });

  it("ends after a quarter of an hour", async () => {
    const { url } = await place();
    time += 15 * 60_000 + 1;
    expect(await put(url, PDF)).toBe(403);
    expect(await put((await place()).url, PDF)).toBe(204);
  });

  it("leads to its own place and nowhere else, in its own direction alone", async () => {
    const [own, other] = [await place(), await place()];
    const forged = (change: (query: URLSearchParams) => void): string => {
      const link = new URL(own.url);
      change(link.searchParams);
      return link.toString();
    };
    expect(
      await put(
        forged((query) => query.set("id", other.id)),
        PDF,
      ),
    ).toBe(403);
    expect(
      await put(
        forged((query) => query.set("until", `${time + 86_400_000}`)),
        PDF,
      ),
    ).toBe(403);
    expect(
      await put(
        forged((query) => query.delete("signature")),
        PDF,
      ),
    ).toBe(403);
    expect((await send(own.url, "GET")).status).toBe(403);
    expect(await put(own.url, PDF)).toBe(204);
  });

  it("is given to nobody outside of the payer's estate", async () => {
    const topUpId = await startTopUp();
    expect((await createUpload(stranger, topUpId)).data.createProofUpload).toEqual({ code: "NOT_FOUND" });
    const { errors } = await stranger.ask("query ($id: ID!) { topUp(id: $id) { proof { url } } }", { id: topUpId });
    expect(errors?.[0]?.extensions["code"]).toBe("NOT_FOUND");
  });
});

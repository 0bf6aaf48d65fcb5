import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Database, Fault } from "@tollgate/kit";
import type { Download } from "@tollgate/kit/graphql";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import type { DocumentModel } from "./document-model.js";
import { PAPERS, type PaperKind } from "./papers.js";
import { renderDocument } from "./render.js";

const PATH = "/files/documents";
const LINK_LIVES_MILLISECONDS = 5 * 60_000;
const PDF = "application/pdf";

const answer = (status: number, body: string, headers: Record<string, string> = {}): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  body,
});

/** Of what people chose or a database counted: no character that means something in a header. */
const fileName = ({ title, number }: DocumentModel): string =>
  `${title} ${number}`
    .normalize("NFKD")
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 100);

/**
 * Invoices, quotes and other papers as PDF. A link is given to whoever was shown the thing itself, is signed and lives
 * for some minutes; the document is drawn when it is opened.
 */
export class Documents {
  private readonly key: Uint8Array;

  constructor(
    private readonly database: Database,
    masterSecret: string,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "documents of billing", 32));
  }

  /** A link to the document of something that its caller may see. */
  download(kind: PaperKind, id: string): Download {
    const expiresAt = new Date(this.clock().getTime() + LINK_LIVES_MILLISECONDS);
    const until = expiresAt.getTime().toString();
    const query = new URLSearchParams({ kind, id, until, signature: this.sign(kind, id, until) });
    return { url: new URL(`${PATH}?${query.toString()}`, this.publicUrl).toString(), contentType: PDF, expiresAt };
  }

  route(): PassThroughRoute {
    return { method: "GET", path: PATH, handle: (request) => this.serve(request) };
  }

  private async serve({ query }: PassThroughRequest): Promise<PassThroughResponse> {
    const [kind, id, until, signature] = (["kind", "id", "until", "signature"] as const).map(
      (name) => query.get(name) ?? "",
    ) as [string, string, string, string]; // one of each name
    if (!this.isOurs(kind, id, until, signature)) {
      return answer(403, "This link is not valid, or no longer.");
    }
    const reader = PAPERS[kind as PaperKind]; // signed by us, so one of ours
    const model = await this.database.system("documents", (tx) => reader(tx, id, this.clock()));
    if (!model) return answer(404, "There is no such document.");
    try {
      return this.shown(model, await renderDocument(model));
    } catch (error) {
      if (!(error instanceof Fault) || !["RATE_LIMITED", "UNAVAILABLE"].includes(error.code)) throw error;
      return answer(error.code === "RATE_LIMITED" ? 429 : 503, error.message, { "retry-after": "5" });
    }
  }

  private shown(model: DocumentModel, body: Uint8Array): PassThroughResponse {
    const headers = {
      "content-type": PDF,
      "content-disposition": `attachment; filename="${fileName(model)}.pdf"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    };
    return { status: 200, headers, body };
  }

  private sign(kind: string, id: string, until: string): string {
    return createHmac("sha256", this.key).update(`${kind} ${id} ${until}`).digest("base64url");
  }

  private isOurs(kind: string, id: string, until: string, signature: string): boolean {
    const given = Buffer.from(signature);
    const right = Buffer.from(this.sign(kind, id, until));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    return Number(until) > this.clock().getTime();
  }
}

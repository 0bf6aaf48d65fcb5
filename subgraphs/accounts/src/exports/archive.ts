import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { audit, type Database, type Sealer, systemCaller, type Tx } from "@tollgate/kit";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute, SubgraphName } from "@tollgate/kit/protocol";
import { and, asc, eq } from "drizzle-orm";
import { dataExport, dataExportPart } from "../tables.js";
import { contextOf, stateOf } from "./exports.js";
import type { DataExportRow } from "./exports.schema.js";

const PATH = "/files/exports";
const LINK_LIVES = 5 * 60_000;
const CONTENT_TYPE = "application/json";

export interface ArchiveLink {
  url: string;
  contentType: string;
  expiresAt: Date;
}

const answer = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

const callerOf = ({ address, headers }: PassThroughRequest) =>
  systemCaller("data-exports", {
    requestId: "-",
    address,
    userAgent: (headers["user-agent"] ?? "-").slice(0, 400),
    locale: null,
    deadline: null,
    narrowedOrganisationId: null,
    minimumTenancyVersion: null,
  });

/** Where a person downloads their archive: by a link that is signed for the person and lasts for minutes. */
export class Archives {
  private readonly key: Uint8Array;

  constructor(
    private readonly database: Database,
    private readonly atRest: Sealer,
    masterSecret: string,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "downloads of archives", 32));
  }

  /** A link for whom the archive is about; the caller has found out that they ask. */
  link({ id, userId }: DataExportRow): ArchiveLink {
    const expiresAt = new Date(this.clock().getTime() + LINK_LIVES);
    const until = expiresAt.getTime().toString();
    const query = new URLSearchParams({ id, user: userId, until, signature: this.sign(id, userId, until) });
    return {
      url: new URL(`${PATH}?${query.toString()}`, this.publicUrl).toString(),
      contentType: CONTENT_TYPE,
      expiresAt,
    };
  }

  route(): PassThroughRoute {
    return { method: "GET", path: PATH, handle: (request) => this.serve(request) };
  }

  private async serve(request: PassThroughRequest): Promise<PassThroughResponse> {
    const named = this.verified(request);
    if (!named) return answer(403, "This link is not valid, or no longer.");
    return this.database.write(callerOf(request), async (tx) => {
      const [row] = await tx.db
        .select()
        .from(dataExport)
        .where(and(eq(dataExport.id, named.id), eq(dataExport.userId, named.userId)));
      if (!row || stateOf(row, this.clock()) !== "READY") return answer(404, "There is no such archive any more.");
      const body = await this.archive(tx, row);
      await audit(tx, "accounts", {
        action: "user:export",
        resource: "dataExport",
        resourceId: row.id,
        organisationId: row.organisationId,
        userId: row.userId,
        after: { downloaded: true, bytes: body.length },
      });
      const headers = {
        "content-type": CONTENT_TYPE,
        "content-disposition": `attachment; filename="my-data-${row.requestedAt.toISOString().slice(0, 10)}.json"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      };
      return { status: 200, headers, body };
    });
  }

  /** One part after the other is opened, so that no more than the archive itself is in memory. */
  private async archive(tx: Tx, row: DataExportRow): Promise<Buffer> {
    const parts = await tx.db
      .select({ subgraph: dataExportPart.subgraph, number: dataExportPart.number, isCut: dataExportPart.isCut })
      .from(dataExportPart)
      .where(eq(dataExportPart.exportId, row.id))
      .orderBy(asc(dataExportPart.subgraph), asc(dataExportPart.number));
    const pieces: Buffer[] = [];
    const isComplete = !parts.some(({ isCut }) => isCut);
    const head = { format: "tollgate personal data 1", id: row.id, userId: row.userId, requestedAt: row.requestedAt };
    pieces.push(Buffer.from(`${JSON.stringify({ ...head, isComplete }).slice(0, -1)},"subgraphs":{`));
    let [subgraph, table] = ["", ""];
    for (const part of parts) {
      const lines = await this.linesOf(tx, row.id, part);
      if (part.subgraph !== subgraph) {
        pieces.push(Buffer.from(`${subgraph === "" ? "" : `${table === "" ? "" : "]"}},`}"${part.subgraph}":{`));
        [subgraph, table] = [part.subgraph, ""];
      }
      for (const line of lines) {
        const space = line.indexOf(" ");
        const name = line.slice(0, space);
        const before = name === table ? "," : `${table === "" ? "" : "],"}"${name}":[`;
        pieces.push(Buffer.from(before + line.slice(space + 1)));
        table = name;
      }
    }
    pieces.push(Buffer.from(`${subgraph === "" ? "" : `${table === "" ? "" : "]"}}`}}}`));
    return Buffer.concat(pieces);
  }

  private async linesOf(tx: Tx, exportId: string, part: { subgraph: SubgraphName; number: number }): Promise<string[]> {
    const { subgraph, number } = part;
    const [row] = await tx.db
      .select({ sealed: dataExportPart.sealed })
      .from(dataExportPart)
      .where(
        and(
          eq(dataExportPart.exportId, exportId),
          eq(dataExportPart.subgraph, subgraph),
          eq(dataExportPart.number, number),
        ),
      );
    if (!row) return [];
    const text = this.atRest.open(row.sealed, contextOf({ exportId, subgraph, number }));
    return text === "" ? [] : text.split("\n");
  }

  private sign(id: string, userId: string, until: string): string {
    return createHmac("sha256", this.key).update(`${id} ${userId} ${until}`).digest("base64url");
  }

  private verified({ query }: PassThroughRequest): { id: string; userId: string } | null {
    const [id = "", userId = "", until = "", signature = ""] = ["id", "user", "until", "signature"].map(
      (name) => query.get(name) ?? "",
    );
    const given = Buffer.from(signature);
    const right = Buffer.from(this.sign(id, userId, until));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return Number(until) > this.clock().getTime() ? { id, userId } : null;
  }
}

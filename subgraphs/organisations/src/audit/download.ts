import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import {
  audit,
  type Caller,
  callerWith,
  type Database,
  type TableFormat,
  type Tx,
  type UserCaller,
} from "@tollgate/kit";
import {
  decode,
  encode,
  type PassThroughRequest,
  type PassThroughResponse,
  type PassThroughRoute,
} from "@tollgate/kit/protocol";
import { and, eq, lte } from "drizzle-orm";
import { membersByUser } from "../members/members.js";
import { permissionsOfRoles } from "../roles/roles.js";
import { auditEntry, auditLink } from "../tables.js";
import { type AuditFilter, type AuditPlace, conditionsOf, NEWEST_FIRST, olderThan } from "./audit.js";
import { type ExportRow, FORMATS } from "./export-formats.js";

const PATH = "/files/audit";
const LINK_LIVES_MILLISECONDS = 5 * 60_000;
/** Entries read at once; memory is bounded by it, however long the trail. */
const PIECE = 2_000;
/** Downloads under way in one process, and of one person. */
const MOST_AT_ONCE = 4;
const MOST_OF_ONE = 2;

/** Who may have what until when; travels in the link, signed. */
interface Ticket {
  id: string;
  userId: string;
  isApiKey: boolean;
  organisationId: string;
  narrowedOrganisationId: string | null;
  filter: AuditFilter;
  format: TableFormat;
  until: Date;
}

export interface AuditLink {
  url: string;
  contentType: string;
  expiresAt: Date;
}

const answer = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/**
 * Exports of the trail. A link is signed for the one who asked and shows what that person may see when it is opened; the
 * file is read page by page, no faster than it is taken, so that neither its length nor a slow reader holds anything.
 */
export class AuditDownloads {
  private readonly key: Uint8Array;
  private readonly underWay: string[] = [];

  constructor(
    private readonly database: Database,
    masterSecret: string,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
    /** Told after the record of an export has committed. */
    private readonly recorded: () => void,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "exports of the audit trail", 32));
  }

  /** A link to what a filter finds, for the caller alone. */
  link(caller: UserCaller & Caller, filter: AuditFilter, format: TableFormat): AuditLink {
    const expiresAt = new Date(this.clock().getTime() + LINK_LIVES_MILLISECONDS);
    const ticket: Ticket = {
      id: randomUUID(),
      userId: caller.userId,
      isApiKey: caller.isApiKey === true,
      organisationId: caller.organisationId,
      narrowedOrganisationId: caller.narrowedOrganisationId,
      filter,
      format,
      until: expiresAt,
    };
    const text = Buffer.from(encode(ticket)).toString("base64url");
    const query = new URLSearchParams({ ticket: text, signature: this.sign(text) });
    const url = new URL(`${PATH}?${query.toString()}`, this.publicUrl).toString();
    return { url, expiresAt, contentType: FORMATS[format].contentType };
  }

  route(): PassThroughRoute {
    return { method: "GET", path: PATH, streams: true, handle: (request) => this.serve(request) };
  }

  private async serve(request: PassThroughRequest): Promise<PassThroughResponse> {
    const ticket = this.ticketOf(request.query);
    if (!ticket) return answer(403, "This link is not valid, or no longer.");
    const own = this.underWay.filter((userId) => userId === ticket.userId).length;
    if (this.underWay.length >= MOST_AT_ONCE || own >= MOST_OF_ONE) {
      return { ...answer(429, "Too many downloads at once; try again shortly."), headers: { "retry-after": "30" } };
    }
    const caller = callerOf(ticket, request);
    this.underWay.push(ticket.userId);
    const end = () => this.underWay.splice(this.underWay.indexOf(ticket.userId), 1);
    try {
      const may = await this.database.write(caller, (tx) => begin(tx, ticket));
      this.recorded();
      if (may) return this.streamed(caller, ticket, end);
    } catch (error) {
      end();
      throw error;
    }
    end();
    return answer(403, "You may not export the audit trail any more.");
  }

  private streamed(caller: Caller, ticket: Ticket, end: () => void): PassThroughResponse {
    const body = Readable.from(this.pieces(caller, ticket), { objectMode: false });
    body.once("close", end);
    const { contentType, extension } = FORMATS[ticket.format];
    return {
      status: 200,
      headers: {
        "content-type": contentType,
        "content-disposition": `attachment; filename="audit-${this.clock().toISOString().slice(0, 10)}.${extension}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
      body,
    };
  }

  /** Each piece in a transaction of its own: nothing stays open while a reader takes its time. */
  private async *pieces(caller: Caller, { filter, format }: Ticket): AsyncGenerator<Buffer> {
    const { head, lines } = FORMATS[format];
    if (head !== "") yield Buffer.from(head);
    const newest = this.clock();
    let after: AuditPlace | null = null;
    for (;;) {
      const rows: ExportRow[] = await this.database.read(caller, (tx) => page(tx, filter, newest, after));
      if (rows.length > 0) yield Buffer.from(lines(rows));
      after = rows.at(-1) ?? null;
      if (rows.length < PIECE) return;
    }
  }

  private sign(text: string): string {
    return createHmac("sha256", this.key).update(text).digest("base64url");
  }

  private ticketOf(query: URLSearchParams): Ticket | null {
    const text = query.get("ticket") ?? "";
    const [given, right] = [Buffer.from(query.get("signature") ?? ""), Buffer.from(this.sign(text))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const ticket = decode(Buffer.from(text, "base64url").toString("utf8")) as Ticket; // signed by us, so written above
    return ticket.until > this.clock() ? ticket : null;
  }
}

const callerOf = (ticket: Ticket, { address, headers }: PassThroughRequest): UserCaller & Caller => ({
  kind: "USER",
  userId: ticket.userId,
  sessionId: ticket.id,
  organisationId: ticket.organisationId,
  permissions: new Set(["audit:export"]),
  ...(ticket.isApiKey && { isApiKey: true as const }),
  requestId: ticket.id,
  address,
  userAgent: (headers["user-agent"] ?? "-").slice(0, 400),
  locale: null,
  deadline: null,
  narrowedOrganisationId: ticket.narrowedOrganisationId,
  minimumTenancyVersion: null,
});

/** Whether the asker may still have it; then the export is in the trail before its first byte leaves. */
const begin = async (tx: Tx, { userId, isApiKey, organisationId, filter, format, id }: Ticket): Promise<boolean> => {
  const caller = callerWith(tx.caller, { narrowedOrganisationId: null });
  const member = isApiKey ? null : (await membersByUser(tx, [userId])).get(userId);
  const held = member ? permissionsOfRoles(member.roles, member.organisationKind) : [];
  // What a key may do is known where keys are; its link lives for some minutes only.
  const may = isApiKey || held.includes("audit:export");
  await audit({ ...tx, caller }, "organisations", {
    action: "audit:export",
    resource: "auditTrail",
    resourceId: filter.organisationId ?? organisationId,
    after: { format, filter, download: id },
    ...(!may && { outcome: "REFUSED" as const, problem: "FORBIDDEN" as const }),
  });
  return may;
};

const page = (tx: Tx, filter: AuditFilter, newest: Date, after: AuditPlace | null): Promise<ExportRow[]> =>
  tx.db
    .select({ entry: auditEntry, hash: auditLink.hash })
    .from(auditEntry)
    .leftJoin(auditLink, eq(auditLink.entryId, auditEntry.id))
    .where(and(conditionsOf(tx, filter), lte(auditEntry.at, newest), after ? olderThan(after) : undefined))
    .orderBy(...NEWEST_FIRST)
    .limit(PIECE)
    .then((rows) => rows.map(({ entry, hash }) => ({ ...entry, hash: hash && Buffer.from(hash).toString("hex") })));

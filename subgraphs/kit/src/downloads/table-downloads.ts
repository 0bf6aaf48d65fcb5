import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import { type AuditDetails, audit } from "../audit/audit.js";
import type { Caller, UserCaller } from "../caller/caller.js";
import type { Database, Tx } from "../database/database.js";
import { decode, encode } from "../protocol/codec.js";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "../protocol/http.js";
import type { SubgraphName } from "../protocol/processes.js";
import type { TableFile, TableFormat } from "../text/table-file.js";

const LINK_LIVES_MILLISECONDS = 5 * 60_000;
/** Rows read at once; memory is bounded by it, however long the list. */
const PIECE = 2_000;
/** Downloads of one kind under way in one process, and of one person. */
const MOST_AT_ONCE = 4;
const MOST_OF_ONE = 2;

/** A list that can be had as a file. `Wish` says which part of it, `Found` is what is read, `Row` what is written. */
export interface DownloadTable<Wish, Found, Row> {
  /** Where its links lead. */
  path: string;
  /** Of its files, before the day. */
  name: string;
  /** What its links are signed for: those of one list open no other. */
  purpose: string;
  /** With which a link is opened: the one that asking for it takes. */
  permission: string;
  files: Record<TableFormat, TableFile<Row>>;
  /** @throws for a wish that nothing can pass, or that is beyond the estate. */
  check(tx: Tx, wish: Wish, at: Date): Promise<void>;
  /**
   * Whether the asker may have it still, when the link is opened; left out: a permission that was taken away since is
   * waited for, as long as a link lives.
   */
  permits?(tx: Tx, asker: { userId: string; isApiKey: boolean }): Promise<boolean>;
  /** What the trail has of a download; it is the asker's organisation's where none is named. */
  record(tx: Tx, wish: Wish): Promise<Pick<AuditDetails, "resource" | "resourceId" | "organisationId">>;
  /** The next rows after the last one that was read, in an order that does not change. @param at when the file was opened. */
  next(tx: Tx, wish: Wish, after: Found | null, size: number, at: Date): Promise<Found[]>;
  rowOf(found: Found, at: Date): Row;
}

/** Where downloads are given out. */
export interface DownloadsPlace {
  /** That gives them out. */
  subgraph: SubgraphName;
  database: Database;
  masterSecret: string;
  publicUrl: string;
  clock: () => Date;
  /** Told after the record of a download has committed. */
  recorded: () => void;
}

/** A link to a file. */
export interface DownloadLink {
  url: string;
  contentType: string;
  expiresAt: Date;
}

/** Who may have what until when; travels in the link, signed. */
interface Ticket<Wish> {
  id: string;
  userId: string;
  isApiKey: boolean;
  organisationId: string;
  narrowedOrganisationId: string | null;
  wish: Wish;
  format: TableFormat;
  until: Date;
}

const answer = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/**
 * A list as a file. A link is signed for the one who asked, lives for some minutes, and shows what that one's estate
 * holds when it is opened; the file is read page by page, no faster than it is taken.
 */
export class TableDownloads<Wish, Found, Row> {
  private readonly key: Uint8Array;
  private readonly underWay: string[] = [];

  constructor(
    private readonly table: DownloadTable<Wish, Found, Row>,
    private readonly place: DownloadsPlace,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", place.masterSecret, "tollgate", table.purpose, 32));
  }

  /** A link to what a wish finds, for the caller alone. @throws what the list's `check` does. */
  async link(tx: Tx, caller: UserCaller & Caller, wish: Wish, format: TableFormat): Promise<DownloadLink> {
    await this.table.check(tx, wish, this.place.clock());
    const expiresAt = new Date(this.place.clock().getTime() + LINK_LIVES_MILLISECONDS);
    const ticket: Ticket<Wish> = {
      wish,
      format,
      id: randomUUID(),
      userId: caller.userId,
      isApiKey: caller.isApiKey === true,
      organisationId: caller.organisationId,
      narrowedOrganisationId: caller.narrowedOrganisationId,
      until: expiresAt,
    };
    const text = Buffer.from(encode(ticket)).toString("base64url");
    const query = new URLSearchParams({ ticket: text, signature: this.sign(text) });
    const url = new URL(`${this.table.path}?${query.toString()}`, this.place.publicUrl).toString();
    return { url, expiresAt, contentType: this.table.files[format].contentType };
  }

  route(): PassThroughRoute {
    return { method: "GET", path: this.table.path, streams: true, handle: (request) => this.serve(request) };
  }

  private async serve(request: PassThroughRequest): Promise<PassThroughResponse> {
    const ticket = this.ticketOf(request.query);
    if (!ticket) return answer(403, "This link is not valid, or no longer.");
    const own = this.underWay.filter((userId) => userId === ticket.userId).length;
    if (this.underWay.length >= MOST_AT_ONCE || own >= MOST_OF_ONE) {
      return { ...answer(429, "Too many downloads at once; try again shortly."), headers: { "retry-after": "30" } };
    }
    const caller = callerOf(ticket, request, this.table.permission);
    this.underWay.push(ticket.userId);
    const end = () => this.underWay.splice(this.underWay.indexOf(ticket.userId), 1);
    try {
      const may = await this.place.database.write(caller, (tx) => this.begin(tx, ticket));
      this.place.recorded();
      if (may) return this.streamed(caller, ticket, end);
    } catch (error) {
      end();
      throw error;
    }
    end();
    return answer(403, "You may not have this list any more.");
  }

  /** The list is still the estate's, and the trail knows before the first byte leaves. @throws what `check` does. */
  private async begin(tx: Tx, { wish, format, id, ...asker }: Ticket<Wish>): Promise<boolean> {
    await this.table.check(tx, wish, this.place.clock());
    const may = (await this.table.permits?.(tx, asker)) ?? true;
    const about = await this.table.record(tx, wish);
    await audit(tx, this.place.subgraph, {
      action: this.table.permission,
      ...about,
      after: { ...wish, format, download: id },
      ...(!may && { outcome: "REFUSED", problem: "FORBIDDEN" }),
    });
    return may;
  }

  private streamed(caller: Caller, ticket: Ticket<Wish>, end: () => void): PassThroughResponse {
    const at = this.place.clock();
    const body = Readable.from(this.pieces(caller, ticket, at), { objectMode: false });
    body.once("close", end);
    const { contentType, extension } = this.table.files[ticket.format];
    const name = `${this.table.name}-${at.toISOString().slice(0, 10)}.${extension}`;
    return {
      status: 200,
      headers: {
        "content-type": contentType,
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
      body,
    };
  }

  /** Each piece in a transaction of its own: nothing stays open while a reader takes its time. */
  private async *pieces(caller: Caller, { wish, format }: Ticket<Wish>, at: Date): AsyncGenerator<Buffer> {
    const { head, lines } = this.table.files[format];
    if (head !== "") yield Buffer.from(head);
    let last: Found | null = null;
    for (;;) {
      const after: Found | null = last;
      const found: Found[] = await this.place.database.read(caller, (tx) =>
        this.table.next(tx, wish, after, PIECE, at),
      );
      if (found.length > 0) yield Buffer.from(lines(found.map((one) => this.table.rowOf(one, at))));
      last = found.at(-1) ?? null;
      if (found.length < PIECE) return;
    }
  }

  private sign(text: string): string {
    return createHmac("sha256", this.key).update(text).digest("base64url");
  }

  private ticketOf(query: URLSearchParams): Ticket<Wish> | null {
    const text = query.get("ticket") ?? "";
    const [given, right] = [Buffer.from(query.get("signature") ?? ""), Buffer.from(this.sign(text))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const ticket = decode(Buffer.from(text, "base64url").toString("utf8")) as Ticket<Wish>; // signed by us, so written above
    return ticket.until > this.place.clock() ? ticket : null;
  }
}

const callerOf = (
  ticket: Ticket<unknown>,
  { address, headers }: PassThroughRequest,
  permission: string,
): UserCaller & Caller => ({
  kind: "USER",
  userId: ticket.userId,
  sessionId: ticket.id,
  organisationId: ticket.organisationId,
  permissions: new Set([permission]),
  ...(ticket.isApiKey && { isApiKey: true as const }),
  requestId: ticket.id,
  address,
  userAgent: (headers["user-agent"] ?? "-").slice(0, 400),
  locale: null,
  deadline: null,
  narrowedOrganisationId: ticket.narrowedOrganisationId,
  minimumTenancyVersion: null,
});

import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import {
  audit,
  type Caller,
  type Database,
  decimalText,
  type TableFormat,
  type Tx,
  tableFiles,
  type UserCaller,
} from "@tollgate/kit";
import type { Download } from "@tollgate/kit/graphql";
import {
  decode,
  encode,
  type PassThroughRequest,
  type PassThroughResponse,
  type PassThroughRoute,
} from "@tollgate/kit/protocol";
import { walletById } from "../wallet/wallets.js";
import { requireFilter, type Transaction, type TransactionFilter, transactionsBelow } from "./transactions.js";

const PATH = "/files/transactions";
const LINK_LIVES_MILLISECONDS = 5 * 60_000;
/** Transactions read at once; memory is bounded by it, however long the list. */
const PIECE = 2_000;
/** Downloads under way in one process, and of one person. */
const MOST_AT_ONCE = 4;
const MOST_OF_ONE = 2;

const FORMATS = tableFiles<ReturnType<typeof rowOf>>([
  "id",
  "eventAt",
  "recordedAt",
  "kind",
  "description",
  "amount",
  "balanceAfter",
  "currency",
  "entryId",
  "reasonKind",
  "reasonId",
]);

/** Amounts are decimals of the currency, as bookkeeping programs read them. */
const rowOf = ({ entry, posting }: Transaction) => {
  const { id, currency, amount, balanceAfter } = posting;
  const decimal = (minorUnits: bigint): string => decimalText({ minorUnits, currency });
  const { eventAt, recordedAt, kind, description, reasonKind, reasonId, id: entryId } = entry;
  return {
    ...{ id, eventAt, recordedAt, kind, description, amount: decimal(amount), balanceAfter: decimal(balanceAfter) },
    ...{ currency, entryId, reasonKind, reasonId },
  };
};

/** Who may have what until when; travels in the link, signed. */
interface Ticket {
  id: string;
  userId: string;
  isApiKey: boolean;
  organisationId: string;
  narrowedOrganisationId: string | null;
  walletId: string;
  filter: TransactionFilter;
  format: TableFormat;
  until: Date;
}

const answer = (status: number, body: string): PassThroughResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/**
 * Transactions of a wallet as a file. A link is signed for the one who asked, lives for some minutes, and shows what that
 * one's estate holds when it is opened; the file is read page by page, no faster than it is taken.
 */
export class TransactionDownloads {
  private readonly key: Uint8Array;
  private readonly underWay: string[] = [];

  constructor(
    private readonly database: Database,
    masterSecret: string,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
    /** Told after the record of a download has committed. */
    private readonly recorded: () => void,
  ) {
    this.key = new Uint8Array(hkdfSync("sha256", masterSecret, "tollgate", "downloads of transactions", 32));
  }

  /**
   * A link to what a filter finds, for the caller alone.
   * @throws NotFoundFault for a wallet outside the estate; InvalidInputFault for a filter that nothing can pass.
   */
  async link(
    tx: Tx,
    caller: UserCaller & Caller,
    wish: { walletId: string; filter: TransactionFilter; format: TableFormat },
  ): Promise<Download> {
    requireFilter(wish.filter);
    await walletById(tx, wish.walletId);
    const expiresAt = new Date(this.clock().getTime() + LINK_LIVES_MILLISECONDS);
    const ticket: Ticket = {
      ...wish,
      id: randomUUID(),
      userId: caller.userId,
      isApiKey: caller.isApiKey === true,
      organisationId: caller.organisationId,
      narrowedOrganisationId: caller.narrowedOrganisationId,
      until: expiresAt,
    };
    const text = Buffer.from(encode(ticket)).toString("base64url");
    const query = new URLSearchParams({ ticket: text, signature: this.sign(text) });
    const url = new URL(`${PATH}?${query.toString()}`, this.publicUrl).toString();
    return { url, expiresAt, contentType: FORMATS[wish.format].contentType };
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
      await this.database.write(caller, (tx) => begin(tx, ticket));
      this.recorded();
      return this.streamed(caller, ticket, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  private streamed(caller: Caller, ticket: Ticket, end: () => void): PassThroughResponse {
    const body = Readable.from(this.pieces(caller, ticket), { objectMode: false });
    body.once("close", end);
    const { contentType, extension } = FORMATS[ticket.format];
    const name = `transactions-${this.clock().toISOString().slice(0, 10)}.${extension}`;
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
  private async *pieces(caller: Caller, { walletId, filter, format }: Ticket): AsyncGenerator<Buffer> {
    const { head, lines } = FORMATS[format];
    if (head !== "") yield Buffer.from(head);
    let below: bigint | null = null;
    for (;;) {
      const from: bigint | null = below;
      const rows: Transaction[] = await this.database.read(caller, (tx) =>
        transactionsBelow(tx, walletId, filter, from, PIECE),
      );
      if (rows.length > 0) yield Buffer.from(lines(rows.map(rowOf)));
      below = rows.at(-1)?.posting.position ?? null;
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
  permissions: new Set(["wallet:read"]),
  ...(ticket.isApiKey && { isApiKey: true as const }),
  requestId: ticket.id,
  address,
  userAgent: (headers["user-agent"] ?? "-").slice(0, 400),
  locale: null,
  deadline: null,
  narrowedOrganisationId: ticket.narrowedOrganisationId,
  minimumTenancyVersion: null,
});

/** The wallet is still the estate's, and the trail knows before the first byte leaves. @throws NotFoundFault. */
const begin = async (tx: Tx, { walletId, filter, format, id }: Ticket): Promise<void> => {
  const { organisationId } = await walletById(tx, walletId);
  await audit(tx, "billing", {
    action: "wallet:read",
    resource: "transactions",
    resourceId: walletId,
    organisationId,
    after: { format, filter, download: id },
  });
};

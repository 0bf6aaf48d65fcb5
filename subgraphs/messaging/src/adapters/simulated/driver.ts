import { randomBytes, randomInt } from "node:crypto";
import type { Database, Tx } from "@tollgate/kit";
import { and, asc, eq, isNull, lt, lte } from "drizzle-orm";
import type {
  ConnectionListener,
  DriverConnection,
  DriverSession,
  OutboundMessage,
  PairingCode,
  Purpose,
  WhatsAppDriver,
} from "../../whatsapp/driver.js";
import { simulatedEvent, simulatedPhone } from "./network.schema.js";

const QR = { attempts: 5, milliseconds: 60_000 };
const PAIRING_CODE = { attempts: 1, milliseconds: 120_000 };
/** After it was sent. */
const MOMENTS = { DELIVERED: 400, READ: 1_000, ANSWER: 2_000 };
/** No letters that look like digits. */
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ";
const AT_ONCE = 100;

const pairingCode = (): string => Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
const qrText = (): string => `2@${randomBytes(48).toString("base64url")},${randomBytes(32).toString("base64url")}`;

/** What a simulated contact answers to: the same to the same. */
export const answerTo = (text: string): string =>
  text.trim().endsWith("?") ? "Good question. I will look and come back to you." : "Thanks, got it.";

/** Numbers that end in 0000 are out of reach, so that failures can be rehearsed. */
const isOutOfReach = (phone: string): boolean => phone.endsWith("0000");

/** A connection to the simulated network, whose phones and events are tables: it outlives any process. */
class SimulatedConnection implements DriverConnection {
  private code: PairingCode | null = null;
  private isOpen = true;
  private phone: string | null;

  constructor(
    private readonly database: Database,
    private readonly session: DriverSession,
    private readonly purpose: Purpose,
    private readonly listener: ConnectionListener,
    private readonly clock: () => Date,
  ) {
    this.phone = purpose.kind === "CONNECT" ? purpose.phone : null;
  }

  async turn(): Promise<void> {
    if (!this.isOpen) return;
    const paired = await this.system((tx) =>
      tx.db.select().from(simulatedPhone).where(eq(simulatedPhone.sessionId, this.session.id)),
    );
    const scanned = paired[0]?.phone ?? null;
    if (this.phone === null) return scanned === null ? this.showCode() : this.accept(scanned);
    if (scanned === null) return this.end({ kind: "LOGGED_OUT" });
    await this.tell();
  }

  async send({ id, to, text }: OutboundMessage): Promise<void> {
    if (isOutOfReach(to)) throw new Error("This number is out of reach at the moment.");
    const sentAt = this.clock().getTime();
    const kinds = to === this.phone ? (["DELIVERED", "READ"] as const) : (["DELIVERED", "READ", "ANSWER"] as const);
    const events = kinds.map((kind) => ({
      sessionId: this.session.id,
      organisationId: this.session.organisationId,
      messageId: id,
      kind,
      contactPhone: to,
      text: kind === "ANSWER" ? answerTo(text) : null,
      dueAt: new Date(sentAt + MOMENTS[kind]),
    }));
    await this.system((tx) => tx.db.insert(simulatedEvent).values(events).onConflictDoNothing());
  }

  async logOut(): Promise<void> {
    await this.system((tx) => tx.db.delete(simulatedPhone).where(eq(simulatedPhone.sessionId, this.session.id)));
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  /** The first code, the next one when it has expired, and the end after the last. */
  private async showCode(): Promise<void> {
    const now = this.clock();
    if (this.code && this.code.expiresAt > now) return;
    const byPhone = this.purpose.kind === "PAIR" && this.purpose.phone !== null;
    const { attempts, milliseconds } = byPhone ? PAIRING_CODE : QR;
    const attempt = (this.code?.attempt ?? 0) + 1;
    if (attempt > attempts) {
      const message = byPhone ? "The pairing code was not used in time." : "No QR code was scanned in time.";
      return this.end({ kind: "FAILED", reason: "PAIRING_UNUSED", message });
    }
    this.code = {
      kind: byPhone ? "PAIRING_CODE" : "QR",
      text: byPhone ? pairingCode() : qrText(),
      expiresAt: new Date(now.getTime() + milliseconds),
      attempt,
      attempts,
    };
    await this.listener.code(this.code);
  }

  private async accept(phone: string): Promise<void> {
    this.code = null;
    this.phone = phone;
    await this.listener.connected(phone, randomBytes(32).toString("base64url"));
  }

  private async end(end: Parameters<ConnectionListener["ended"]>[0]): Promise<void> {
    this.isOpen = false;
    await this.listener.ended(end);
  }

  /** Tells what is due, in order. It is kept before it is marked as told, so that nothing is lost in between. */
  private async tell(): Promise<void> {
    const own = eq(simulatedEvent.sessionId, this.session.id);
    const due = await this.system((tx) =>
      tx.db
        .select()
        .from(simulatedEvent)
        .where(and(own, isNull(simulatedEvent.toldAt), lte(simulatedEvent.dueAt, this.clock())))
        .orderBy(asc(simulatedEvent.dueAt))
        .limit(AT_ONCE),
    );
    for (const { messageId, kind, contactPhone, text, dueAt } of due) {
      if (!this.isOpen) return;
      if (kind !== "ANSWER") await this.listener.receipt({ messageId, state: kind, at: dueAt });
      else {
        const answer = {
          providerId: `answer:${messageId}`,
          from: contactPhone,
          name: null,
          text: text ?? "",
          at: dueAt,
        };
        await this.listener.received([answer]);
      }
      const told = and(own, eq(simulatedEvent.messageId, messageId), eq(simulatedEvent.kind, kind));
      await this.system((tx) => tx.db.update(simulatedEvent).set({ toldAt: this.clock() }).where(told));
    }
  }

  private system<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.system("simulated-whatsapp", work);
  }
}

/** WhatsApp as it would be, with a phone to "scan" with and contacts that answer. Needs nothing outside. */
export const simulatedDriver = (database: Database, clock: () => Date): WhatsAppDriver => ({
  open: async (session, purpose, listener) => {
    const connection = new SimulatedConnection(database, session, purpose, listener, clock);
    // A scan of a pairing that was given up counts for nothing.
    if (purpose.kind === "PAIR") await connection.logOut();
    else await listener.connected(purpose.phone, purpose.credentials);
    return connection;
  },
});

/** Forgets what was told before `before`. */
export const forgetEvents = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(simulatedEvent).where(lt(simulatedEvent.toldAt, before));
};

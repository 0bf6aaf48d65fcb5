import { randomUUID } from "node:crypto";
import type { Database, Sealer, SubgraphKit, Worker } from "@tollgate/kit";
import { type Logger, Loop } from "@tollgate/kit/process";
import type { CodeSender } from "../codes/sender.js";
import type { MessageRow } from "../conversations/conversation.schema.js";
import { claimMessages, recordFailure, recordSent } from "../conversations/queue.js";
import { contactsOf } from "../conversations/reading.js";
import {
  type ConnectionListener,
  type DriverConnection,
  MessageRefused,
  type Purpose,
  type WhatsAppDriver,
} from "./driver.js";
import { holdSessions, releaseSessions } from "./leases.js";
import { listenerOf, reconnecting, requireHeld, SessionLost } from "./listener.js";
import type { DriverName, SessionRow } from "./session.schema.js";
import { changeSessions, heldBy, type SessionChange } from "./states.js";

const LEASE_SECONDS = 10;
const POLL_MILLISECONDS = 500;
const MESSAGES_AT_ONCE = 10;

interface Running {
  session: SessionRow;
  connection: DriverConnection;
}

export interface RunnerOptions {
  sealer: Sealer;
  drivers: Readonly<Partial<Record<DriverName, WhatsAppDriver>>>;
  clock: () => Date;
  /** What hands sign-in codes over. */
  codes: CodeSender;
  /** Until the lease of a process that died lapses. */
  leaseSeconds?: number;
}

/**
 * Runs the sessions that this process holds the lease of: opens and closes connections as their goals say, lets drivers
 * tell what happens, and hands queued messages over. All wishes come through the table, from whichever process.
 */
export class SessionRunner implements Worker {
  readonly name = "whatsapp";
  private readonly holder = randomUUID();
  private readonly running = new Map<string, Running>();
  /** Connections that ended by themselves and are not closed yet. */
  private readonly ended = new Set<string>();
  private readonly loop: Loop;
  private readonly database: Database;
  private readonly logger: Logger;

  constructor(
    private readonly kit: Pick<SubgraphKit, "database" | "logger" | "wakeRelay">,
    private readonly options: RunnerOptions,
  ) {
    this.database = kit.database;
    this.logger = kit.logger;
    this.loop = new Loop("whatsapp", POLL_MILLISECONDS, () => this.turn(), kit.logger);
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  /** Another process may take over at once. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.all([...this.running.keys()].map((id) => this.close(id)));
    await this.database.system("whatsapp", (tx) => releaseSessions(tx, this.holder, null));
  }

  /** @returns whether there may be more to send at once. */
  private async turn(): Promise<boolean> {
    const seconds = this.options.leaseSeconds ?? LEASE_SECONDS;
    const held = await this.database.system("whatsapp", (tx) => holdSessions(tx, this.holder, seconds));
    const wanted = new Map(held.map((session) => [session.id, session]));
    for (const [id, { session }] of this.running) {
      const now = wanted.get(id);
      const isSame = now?.fence === session.fence && now.generation === session.generation;
      if (!isSame || now.goal === "STOPPED" || this.ended.has(id)) await this.close(id, now);
    }
    const stopped = held.filter(({ goal }) => goal === "STOPPED").map(({ id }) => id);
    if (stopped.length > 0) {
      await this.database.system("whatsapp", (tx) => releaseSessions(tx, this.holder, stopped));
    }
    const live = held.filter(({ goal }) => goal !== "STOPPED");
    const sent = await Promise.all(live.map((session) => this.follow(session)));
    return sent.includes(true);
  }

  /** Brings one session a step further; its failure is its own. */
  private async follow(session: SessionRow): Promise<boolean> {
    try {
      const known = this.running.get(session.id);
      const running = known ?? (await this.open(session));
      await running?.connection.turn();
      if (!running) return false;
      const codesSent = await this.options.codes.send(session, running.connection);
      return (await this.sendQueued(session, running.connection)) || codesSent;
    } catch (error) {
      if (error instanceof SessionLost) await this.close(session.id);
      else this.logger.warn({ error, session: session.id }, "a WhatsApp session did not get on");
      return false;
    }
  }

  private async open(session: SessionRow): Promise<Running | null> {
    const purpose = this.purposeOf(session);
    if (!purpose) {
      // Of a process that is gone: its code is worth nothing any more.
      await this.change(session, { status: "DISCONNECTED", goal: "STOPPED" });
      return null;
    }
    if (session.status === "CONNECTED") {
      await this.change(session, { ...reconnecting(1, this.options.clock()), nextAttemptAt: this.options.clock() });
    } else if (session.nextAttemptAt && session.nextAttemptAt > this.options.clock()) return null;
    try {
      const connection = await this.driverOf(session).open(session, purpose, this.listener(session));
      const running = { session, connection };
      this.running.set(session.id, running);
      return running;
    } catch (error) {
      if (error instanceof SessionLost) throw error;
      this.logger.warn({ error, session: session.id }, "a WhatsApp session could not be opened");
      const again = reconnecting(session.attempt + 1, this.options.clock());
      await this.change(session, { ...again, pairingPhone: session.pairingPhone });
      return null;
    }
  }

  /** Null for a pairing that another process began: it cannot be taken over. */
  private purposeOf(session: SessionRow): Purpose | null {
    const { goal, status, credentials, phone, pairingPhone } = session;
    if (goal === "PAIRED") {
      const isUnderWay = status === "QR_READY" || status === "PAIRING_CODE_READY";
      return isUnderWay ? null : { kind: "PAIR", phone: pairingPhone };
    }
    if (!credentials || phone === null) return null;
    return { kind: "CONNECT", phone, credentials: this.options.sealer.open(credentials, session.id) };
  }

  private async close(id: string, now?: SessionRow): Promise<void> {
    const running = this.running.get(id);
    if (!running) return;
    this.running.delete(id);
    this.ended.delete(id);
    try {
      if (now?.status === "LOGGED_OUT") await running.connection.logOut();
    } catch (error) {
      this.logger.warn({ error, session: id }, "a WhatsApp session could not be logged out");
    } finally {
      await running.connection.close();
    }
  }

  private async sendQueued(session: SessionRow, connection: DriverConnection): Promise<boolean> {
    const { clock } = this.options;
    const claimed = await this.database.system("whatsapp", async (tx) => {
      const isConnected = (await requireHeld(tx, session)) === "CONNECTED";
      const messages = isConnected ? await claimMessages(tx, session.id, MESSAGES_AT_ONCE, clock()) : [];
      return { messages, recipients: await contactsOf(tx, messages) };
    });
    for (const message of claimed.messages) {
      const to = claimed.recipients.get(message.conversationId)?.phone;
      if (to !== undefined) await this.send(session, connection, message, to);
    }
    if (claimed.messages.length > 0) this.kit.wakeRelay();
    return claimed.messages.length > 0;
  }

  private async send(session: SessionRow, connection: DriverConnection, message: MessageRow, to: string) {
    const { clock } = this.options;
    const refusal = await connection.send({ id: message.id, to, text: message.text }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    await this.database.system("whatsapp", async (tx) => {
      await requireHeld(tx, session);
      if (refusal === null) await recordSent(tx, message, clock());
      else await recordFailure(tx, message, refusal.message, refusal instanceof MessageRefused, clock());
    });
  }

  private async change(session: SessionRow, change: SessionChange): Promise<void> {
    await this.database.system("whatsapp", async (tx) => {
      const changed = await changeSessions(tx, heldBy(session), change, this.options.clock());
      if (changed.length === 0) throw new SessionLost();
    });
    this.kit.wakeRelay();
  }

  private driverOf(session: SessionRow): WhatsAppDriver {
    const driver = this.options.drivers[session.driver];
    if (!driver) throw new Error(`There is no driver ${session.driver} in this process.`);
    return driver;
  }

  private listener(session: SessionRow): ConnectionListener {
    const { sealer, clock } = this.options;
    const listener = listenerOf(this.database, sealer, session, clock, () => this.kit.wakeRelay());
    return {
      ...listener,
      ended: async (end) => {
        this.ended.add(session.id);
        await listener.ended(end);
      },
    };
  }
}

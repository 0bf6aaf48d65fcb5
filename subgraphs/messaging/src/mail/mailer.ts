import type { Database, Sealer, Worker } from "@tollgate/kit";
import { type Logger, Loop } from "@tollgate/kit/process";
import type { HealthCheck } from "@tollgate/kit/protocol";
import { MailRefused, type MailTransport } from "../adapters/transport.js";
import type { MailWays } from "../adapters/ways.js";
import { harmless } from "./escape.js";
import { claimMails, recordFailure, recordSent, trimMailbox } from "./mail.js";
import type { Mail } from "./mail.schema.js";
import { openMail } from "./secrets.js";
import { writeMail } from "./text.js";

const POLL_MILLISECONDS = 1_000;
const AT_ONCE = 10;

/** Sends what is queued, woken by new mails and each second for those that are tried again. */
export class Mailer implements Worker {
  readonly name = "mailer";
  private readonly loop: Loop;
  private hasWay = false;

  constructor(
    private readonly database: Database,
    private readonly ways: MailWays,
    private readonly sealer: Sealer,
    private readonly logger: Logger,
    private readonly clock: () => Date,
    private readonly publicUrl: string,
  ) {
    this.loop = new Loop("mailer", POLL_MILLISECONDS, () => this.turn(), logger);
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.ways.close();
  }

  health(): HealthCheck {
    if (this.hasWay) return { name: "mail", ready: true };
    return { name: "mail", ready: false, reason: "No mail leaves: set SMTP_URL, or the setting mail.smtpUrl." };
  }

  /** @returns whether there may be more to do at once. */
  private async turn(): Promise<boolean> {
    const { transport, mails } = await this.database.system("mailer", async (tx) => {
      const way = await this.ways.current(tx);
      return { transport: way, mails: way ? await claimMails(tx, AT_ONCE, this.clock()) : [] };
    });
    this.hasWay = transport !== null;
    if (!transport) return false;
    await Promise.all(mails.map((mail) => this.send(mail, transport)));
    return mails.length === AT_ONCE;
  }

  private async send(mail: Mail, transport: MailTransport): Promise<void> {
    try {
      if (mail.expiresAt !== null && mail.expiresAt <= this.clock()) throw new MailRefused("what it says has ended");
      const opened = openMail(mail, this.sealer);
      if (opened === "GONE") throw new MailRefused("its secret is gone");
      const written = writeMail(mail, opened.secret, this.clock(), this.publicUrl);
      const to = { name: harmless(mail.displayName), address: mail.recipient };
      await transport.deliver({
        id: mail.id,
        to,
        subject: written.subject,
        text: written.text,
        html: written.html,
      });
    } catch (error) {
      return this.failed(mail, error);
    }
    await this.database.system("mailer", async (tx) => {
      await recordSent(tx, mail, transport.keeps, this.clock());
      if (transport.keeps) await trimMailbox(tx);
    });
  }

  private async failed(mail: Mail, error: unknown): Promise<void> {
    const isFinal = error instanceof MailRefused;
    const reason = error instanceof Error ? error.message : String(error);
    const givenUp = await this.database.system("mailer", (tx) =>
      recordFailure(tx, mail, reason, isFinal, this.clock()),
    );
    const details = { mail: mail.id, kind: mail.kind, attempt: mail.attempts, reason };
    if (givenUp) this.logger.error(details, "a mail was given up");
    else this.logger.warn(details, "a mail could not be sent; it will be tried again");
  }
}

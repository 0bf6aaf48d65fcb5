import { readSecret, readSetting, type SettingKeys, type Tx } from "@tollgate/kit";
import { mailboxTransport } from "./mailbox.js";
import { smtpTransport } from "./smtp.js";
import type { MailTransport } from "./transport.js";

export interface MailWaysOptions {
  /** In place of the setting `mail.smtpUrl`. */
  smtpUrl: string | null;
  /** In place of the setting `mail.from`. */
  mailFrom: string | null;
  /** Whether mails may stay in the local mailbox where there is no SMTP. */
  mailbox: boolean;
}

/** The way that mails leave by: SMTP as the platform's settings have it at the time, else the mailbox where that may be. */
export class MailWays {
  private open: { url: string; from: string; transport: MailTransport } | null = null;
  private readonly mailbox: MailTransport | null;

  constructor(
    private readonly keys: SettingKeys,
    private readonly options: MailWaysOptions,
  ) {
    this.mailbox = options.mailbox ? mailboxTransport() : null;
  }

  /** Null where there is none: then nobody gets a code, and mails wait. */
  async current(tx: Tx): Promise<MailTransport | null> {
    const url = this.options.smtpUrl ?? (await readSecret(tx, this.keys, "mail.smtpUrl", null));
    if (url === null) return this.mailbox;
    const from = this.options.mailFrom ?? (await readSetting(tx, "mail.from", null));
    if (this.open?.url !== url || this.open.from !== from) {
      this.open?.transport.close();
      this.open = { url, from, transport: smtpTransport(url, from) };
    }
    return this.open.transport;
  }

  close(): void {
    this.open?.transport.close();
  }
}

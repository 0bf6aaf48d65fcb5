/** A mail as it goes out. */
export interface OutgoingMail {
  /** Becomes the Message-ID, by which receivers know a mail that came twice. */
  id: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

/** The way that mails leave by. */
export interface MailTransport {
  /** What was delivered stays readable here, so that its text is kept (sealed) and not erased. */
  readonly keeps: boolean;
  /** @throws MailRefused when trying again is of no use; anything else is worth another try. */
  deliver(mail: OutgoingMail): Promise<void>;
  close(): void;
}

/** The server refused the mail for good. */
export class MailRefused extends Error {
  override name = "MailRefused";
}

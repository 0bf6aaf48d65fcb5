import { createTransport } from "nodemailer";
import { MailRefused, type MailTransport } from "./transport.js";

/** Answers of 500 to 599 are final (RFC 5321, 4.2.1). */
const isFinal = (error: unknown): error is Error =>
  error instanceof Error &&
  "responseCode" in error &&
  typeof error.responseCode === "number" &&
  error.responseCode >= 500;

/**
 * SMTP. All its timeouts together stay below the lease of a mail.
 * @param url such as `smtps://user:password@mail.example:465`.
 * @param from such as `Tollgate <no-reply@tollgate.example>`.
 */
export const smtpTransport = (url: string, from: string): MailTransport => {
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? "tollgate.invalid";
  const transport = createTransport(
    {
      url,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    keeps: false,
    deliver: async ({ id, to, subject, text, html }) => {
      const headers = { "Auto-Submitted": "auto-generated" };
      try {
        await transport.sendMail({ messageId: `<${id}@${domain}>`, to, subject, text, html, headers });
      } catch (error) {
        if (isFinal(error)) throw new MailRefused(error.message, { cause: error });
        throw error;
      }
    },
    close: () => transport.close(),
  };
};

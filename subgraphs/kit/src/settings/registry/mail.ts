import type { SettingDefinition } from "../definition.js";

/** Of the platform's mail. */
export const MAIL_SETTINGS = {
  "mail.keepDays": {
    title: "Kept for",
    type: "INTEGER",
    default: 30,
    minimum: 1,
    maximum: 365,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days it is kept that a mail was sent, without what it said.",
  },
  "mail.smtpUrl": {
    title: "Mail server",
    type: "SECRET",
    default: null,
    longest: 500,
    pattern: /^smtps?:\/\/\S+$/,
    rule: "must look like smtps://user:password@mail.example:465",
    environment: "SMTP_URL",
    writeLevel: "INTERNAL",
    description: "The server that takes the platform's mail, with user and password.",
  },
  "mail.from": {
    title: "Sender",
    type: "STRING",
    default: "Tollgate <no-reply@tollgate.example>",
    longest: 200,
    // One line, or it could bring headers of its own into every mail.
    pattern: /^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/,
    rule: "must look like Tollgate <no-reply@tollgate.example>",
    writeLevel: "INTERNAL",
    description: "The sender of all mail.",
  },
} as const satisfies Record<`mail.${string}`, SettingDefinition>;

import type { SettingDefinition, ValueOf } from "./definition.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** All that IANA knows, as this Node does. */
const TIME_ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

/** All settings there are. The page, the variables and `.env.example` are drawn from this. */
const SETTINGS = {
  "signUp.open": {
    title: "Open to everybody",
    type: "BOOLEAN",
    default: true,
    writeLevel: "INTERNAL",
    description: "Whether people may register by themselves. Invitations work either way.",
  },
  "mfa.required": {
    title: "Required of everybody",
    type: "BOOLEAN",
    default: false,
    writeLevel: "CUSTOMER",
    description: "Whether everybody here must have a second factor. Who has none is asked to set one up.",
  },
  "mfa.rememberDeviceDays": {
    title: "Remembering a device",
    type: "INTEGER",
    default: 0,
    minimum: 0,
    maximum: 90,
    unit: "days",
    writeLevel: "CUSTOMER",
    description:
      "For how many days a device that was signed in with a second factor is not asked for it again; 0: never.",
  },
  "sessions.idleSeconds": {
    title: "End of a session that is not used",
    type: "DURATION",
    default: 7 * DAY,
    minimum: HOUR,
    // The gateway keeps streams open on tokens as old as this, not older.
    maximum: 7 * DAY,
    writeLevel: "CUSTOMER",
    description: "After how long without being used a session ends, so that one signs in again.",
  },
  "audit.retentionDays": {
    title: "Kept for",
    type: "INTEGER",
    default: 3_650,
    minimum: 365,
    maximum: 36_500,
    unit: "days",
    writeLevel: "RESELLER",
    description: "For how many days the audit trail is kept; what is older is archived.",
  },
  "billing.runwayHours": {
    title: "Runway before an order",
    type: "INTEGER",
    default: 720,
    minimum: 1,
    maximum: 8_760,
    unit: "hours",
    writeLevel: "RESELLER",
    description:
      "For how many hours the wallet must be able to pay everything that runs before another machine is ordered.",
  },
  "billing.graceHours": {
    title: "Grace without money",
    type: "INTEGER",
    default: 24,
    minimum: 1,
    maximum: 720,
    unit: "hours",
    writeLevel: "RESELLER",
    description:
      "For how many hours machines go on when the wallet is empty. Each machine keeps the cost of these hours reserved.",
  },
  "billing.powerOnHours": {
    title: "Runway before a start",
    type: "INTEGER",
    default: 24,
    minimum: 1,
    maximum: 720,
    unit: "hours",
    writeLevel: "RESELLER",
    description:
      "For how many hours the wallet must be able to pay everything that runs before a machine is switched on.",
  },
  "billing.quoteDays": {
    title: "Life of a quote",
    type: "INTEGER",
    default: 14,
    minimum: 1,
    maximum: 90,
    unit: "days",
    writeLevel: "RESELLER",
    description: "For how many days the price of a quote that was issued is kept.",
  },
  "billing.country": {
    title: "Country of taxes",
    type: "STRING",
    default: "ZA",
    longest: 2,
    pattern: /^[A-Z]{2}$/,
    rule: "must have the two capitals of a country, such as ZA",
    writeLevel: "RESELLER",
    description: "The country whose tax is added to every charge, by its two letters.",
  },
  "billing.timeZone": {
    title: "Time zone of the books",
    type: "ENUM",
    default: "Africa/Johannesburg",
    allowedValues: TIME_ZONES,
    writeLevel: "CUSTOMER",
    description: "Where days and months begin and end in figures and bills.",
  },
  "billing.topUpMinimum": {
    title: "Smallest manual payment",
    type: "MONEY",
    default: { minorUnits: 5_000n, currency: "ZAR" },
    minimum: 100n,
    maximum: 100_000_000n,
    writeLevel: "RESELLER",
    description: "The smallest manual payment that a wallet in rand takes.",
  },
  "billing.topUpMaximum": {
    title: "Largest manual payment",
    type: "MONEY",
    default: { minorUnits: 50_000_000n, currency: "ZAR" },
    minimum: 100n,
    maximum: 10_000_000_000n,
    writeLevel: "RESELLER",
    description: "The largest manual payment that a wallet in rand takes.",
  },
  "payments.paystackKey": {
    title: "Paystack: secret key",
    type: "SECRET",
    default: null,
    longest: 300,
    pattern: /^sk_(test|live)_\w+$/,
    rule: "must look like sk_live_…",
    writeLevel: "INTERNAL",
    description: "With it wallets can be topped up through Paystack. It signs its webhooks as well.",
  },
  "payments.stripeKey": {
    title: "Stripe: secret key",
    type: "SECRET",
    default: null,
    longest: 300,
    pattern: /^(sk|rk)_(test|live)_\w+$/,
    rule: "must look like sk_live_…",
    writeLevel: "INTERNAL",
    description: "With it and the key of its webhooks wallets can be topped up through Stripe.",
  },
  "payments.stripeWebhookKey": {
    title: "Stripe: key of webhooks",
    type: "SECRET",
    default: null,
    longest: 300,
    pattern: /^whsec_\S+$/,
    rule: "must look like whsec_…",
    writeLevel: "INTERNAL",
    description: "What Stripe signs webhooks with; each address that it tells has its own.",
  },
  "payments.payGateId": {
    title: "PayGate: id",
    type: "SECRET",
    default: null,
    longest: 20,
    pattern: /^\d{5,20}$/,
    rule: "must be the number that PayGate gave",
    writeLevel: "INTERNAL",
    description: "With it and its key wallets can be topped up through PayGate PayWeb3.",
  },
  "payments.payGateKey": {
    title: "PayGate: key",
    type: "SECRET",
    default: null,
    longest: 100,
    pattern: /^\S{4,100}$/,
    rule: "must have 4 to 100 characters without a space",
    writeLevel: "INTERNAL",
    description: "The encryption key of PayWeb3 that checksums are made with.",
  },
  "payments.midtransServerKey": {
    title: "Midtrans: server key",
    type: "SECRET",
    default: null,
    longest: 300,
    pattern: /^(SB-)?Mid-server-\S+$/,
    rule: "must look like Mid-server-…",
    writeLevel: "INTERNAL",
    description:
      "With it and the client key wallets can be topped up through Midtrans Snap. Keys that begin with SB- are the sandbox's.",
  },
  "payments.midtransClientKey": {
    title: "Midtrans: client key",
    type: "SECRET",
    default: null,
    longest: 300,
    pattern: /^(SB-)?Mid-client-\S+$/,
    rule: "must look like Mid-client-…",
    writeLevel: "INTERNAL",
    description: "What Snap opens with in the browser.",
  },
  "payments.payerEmail": {
    title: "Payer's address",
    type: "STRING",
    default: "payments@tollgate.example",
    longest: 200,
    pattern: /^[^\s<>@]+@[^\s<>@]+$/,
    rule: "must look like payments@cloud.example",
    writeLevel: "INTERNAL",
    description: "What providers that insist on a payer's address are given in place of the person's own.",
  },
  "whatsapp.sessions": {
    title: "Sessions",
    type: "INTEGER",
    default: 1,
    minimum: 1,
    maximum: 20,
    unit: "sessions",
    writeLevel: "RESELLER",
    description: "How many WhatsApp sessions an organisation may have.",
  },
  "whatsapp.newContactsPerDay": {
    title: "New contacts a day",
    type: "INTEGER",
    default: 50,
    minimum: 0,
    maximum: 1_000,
    unit: "contacts",
    writeLevel: "RESELLER",
    description:
      "To how many new contacts an organisation may write in a day, lest its number is taken for a spammer's.",
  },
  "notifications.keepDays": {
    title: "Kept for",
    type: "INTEGER",
    default: 90,
    minimum: 7,
    maximum: 730,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days notifications are kept.",
  },
  "telemetry.keepSamplesDays": {
    title: "Single samples kept for",
    type: "INTEGER",
    default: 7,
    minimum: 1,
    maximum: 400,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days samples of machines are kept one by one. What was dropped does not come back.",
  },
  "telemetry.keepFiveMinutesDays": {
    title: "Buckets of five minutes kept for",
    type: "INTEGER",
    default: 90,
    minimum: 1,
    maximum: 1_000,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days they are kept in buckets of five minutes; dropped by whole months.",
  },
  "telemetry.keepHoursDays": {
    title: "Buckets of an hour kept for",
    type: "INTEGER",
    default: 730,
    minimum: 1,
    maximum: 1_000,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days they are kept in buckets of an hour; dropped by whole months.",
  },
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
} as const satisfies Record<string, SettingDefinition>;

export type SettingKey = keyof typeof SETTINGS;
type OfType<T extends SettingDefinition["type"]> = {
  [Key in SettingKey]: (typeof SETTINGS)[Key]["type"] extends T ? Key : never;
}[SettingKey];
/** Settings whose values are sealed. */
export type SecretKey = OfType<"SECRET">;
/** Settings that may be read by anybody in code. */
export type OpenKey = Exclude<SettingKey, SecretKey>;
export type SettingValue<Key extends SettingKey> = ValueOf<(typeof SETTINGS)[Key]>;

/** By key, without what is special about each. */
export const SETTING_DEFINITIONS: Readonly<Record<SettingKey, SettingDefinition>> = SETTINGS;

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[]; // of a literal object, so these and no others

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

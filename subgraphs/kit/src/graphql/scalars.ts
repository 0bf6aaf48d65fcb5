import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { isCurrency } from "../money/money.js";

const refuse = (name: string, value: unknown, form: string) =>
  new GraphQLError(`${name} must be ${form}; got ${JSON.stringify(value) ?? typeof value}`.slice(0, 200), {
    extensions: { code: "INVALID_INPUT" },
  });

/** A scalar that is text in JSON, checked and turned by `parse`, which gives undefined for anything malformed. */
const textScalar = <T>(options: {
  name: string;
  description: string;
  form: string;
  parse: (text: string) => T | undefined;
  print: (value: unknown) => string | undefined;
  specifiedByURL?: string;
}): GraphQLScalarType => {
  const { name, form } = options;
  const parse = (value: unknown): T => {
    const parsed = typeof value === "string" ? options.parse(value) : undefined;
    if (parsed === undefined) throw refuse(name, value, form);
    return parsed;
  };
  return new GraphQLScalarType({
    name,
    description: options.description,
    specifiedByURL: options.specifiedByURL,
    serialize: (value) => {
      const printed = options.print(value);
      if (printed === undefined) throw new TypeError(`${name} cannot represent ${String(value)}`);
      return printed;
    },
    parseValue: parse,
    parseLiteral: (node: ValueNode) =>
      parse(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
  });
};

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

/** Whether the calendar has the day: a Date takes the 30th of February for the 2nd of March. */
const isOnCalendar = (instant: string): boolean => {
  const [year = 0, month = 0, day = 0] = instant.slice(0, 10).split("-").map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day;
};

export const DateTime = textScalar<Date>({
  name: "DateTime",
  description: "UTC instant, RFC 3339 with milliseconds.",
  form: "an instant such as 2026-01-31T12:00:00.000Z",
  parse: (value) => {
    const date = INSTANT.test(value) && isOnCalendar(value) ? new Date(value) : undefined;
    return date && !Number.isNaN(date.getTime()) ? date : undefined;
  },
  print: (value) => (value instanceof Date ? value.toISOString() : text(value)),
});

/** Always a string in JSON: beyond 2^53 a number would silently become another one. */
export const BigIntScalar = textScalar<bigint>({
  name: "BigInt",
  description: "Integer of any size; always a string in JSON, in both directions.",
  form: "an integer as text",
  parse: (value) => (/^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined),
  print: (value) => (typeof value === "bigint" || Number.isSafeInteger(value) ? String(value) : undefined),
});

export const CurrencyScalar = textScalar<string>({
  name: "Currency",
  description: "ISO 4217 code: ZAR, USD, EUR, IDR, PKR.",
  form: "a currency code such as ZAR",
  parse: (value) => (isCurrency(value) ? value : undefined),
  print: text,
});

export const LocaleScalar = textScalar<string>({
  name: "Locale",
  description: "BCP 47 tag such as en-ZA.",
  form: "a language tag such as en-ZA",
  parse: (value) => (/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(value) ? value : undefined),
  print: text,
});

/** By name, those that have another one by now included: which of the two a browser says depends on its age. */
const isTimeZone = (value: string): boolean => {
  if (!/^[a-z]/i.test(value)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false; // RangeError: no such zone
  }
};

export const TimeZoneScalar = textScalar<string>({
  name: "TimeZone",
  description: "IANA zone such as Africa/Johannesburg.",
  form: "a time zone such as Africa/Johannesburg",
  parse: (value) => (isTimeZone(value) ? value : undefined),
  print: text,
});

export const EmailAddressScalar = textScalar<string>({
  name: "EmailAddress",
  description: "E-mail address, compared without case.",
  form: "an e-mail address",
  parse: (value) =>
    value.length <= 254 && /^[^\s\p{C}@<>"]{1,64}@[^\s\p{C}@<>"]+\.[^\s\p{C}@<>".]+$/u.test(value.trim())
      ? value.trim()
      : undefined,
  print: text,
});

export const PhoneNumberScalar = textScalar<string>({
  name: "PhoneNumber",
  description: "Phone number in E.164, 10 to 15 digits.",
  form: "a phone number such as +27821234567",
  parse: (value) => (/^\+\d{10,15}$/.test(value) ? value : undefined),
  print: text,
});

export const UrlScalar = textScalar<string>({
  name: "Url",
  description: "Absolute https address (http in the demo only).",
  form: "an absolute address",
  parse: (value) => (URL.canParse(value) && /^https?:/.test(value) ? value : undefined),
  print: text,
});

export const JsonScalar = new GraphQLScalarType({
  name: "JSON",
  description: "Any JSON value.",
  // Values with dates or bigints are shown as text: a reader of the graph has no use for our own tags.
  serialize: (value) =>
    JSON.parse(JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "bigint" ? entry.toString() : entry))),
});

import { harmless } from "./escape.js";
import type { Mail } from "./mail.schema.js";
import { dateTime, dayOf, ending } from "./times.js";

/** What a mail says, before it is plain text or a page. */
export interface MailContent {
  subject: string;
  /** What happened, a sentence each. */
  happened: readonly string[];
  /** Shown large, to be typed elsewhere. */
  code?: string;
  /** What to do now: a page of the web app. */
  action?: { label: string; path: string; token?: string };
  /** What comes of it, such as when a link ends. */
  terms: readonly string[];
  /** What to do if it was not oneself. */
  otherwise: string;
}

/** What a text is made from. */
export interface Letter {
  /** What travelled sealed; empty where the kind has none. */
  secret: string;
  /** What the request tells by this name, harmless wherever it came from; else `instead`. */
  fact(name: string, instead: string): string;
  /** A fact that is a time, as the locale writes it. */
  time(name: string): string;
  /** The day of such a fact, in the time zone that is told with it. */
  day(name: string): string;
  /** `in 5 minutes, at 14:35 UTC`. */
  ends: string;
}

export interface Design {
  /** What travels sealed: the mail cannot be written without it. */
  secret: "code" | "token" | null;
  write(letter: Letter): MailContent;
}

/** The facts of a mail, as its design reads them. @param at the moment it is sent */
export const letterOf = (mail: Mail, secret: string, at: Date): Letter => {
  const facts = mail.facts as Readonly<Record<string, string>>; // written by `queueMail`
  const told = (name: string): string | undefined => (typeof facts[name] === "string" ? facts[name] : undefined);
  const date = (name: string): Date => {
    const given = new Date(told(name) ?? mail.createdAt);
    return Number.isNaN(given.getTime()) ? mail.createdAt : given;
  };
  return {
    secret,
    fact: (name, instead) => harmless(told(name) ?? "") || instead,
    time: (name) => dateTime(date(name), mail.locale),
    day: (name) => dayOf(date(name), mail.locale, told("timeZone")),
    ends: mail.expiresAt === null ? "" : ending(mail.expiresAt, at, mail.locale),
  };
};

import type { MailKind } from "@tollgate/kit/protocol";
import { describe, expect, it } from "vitest";
import { DESIGNS } from "./designs.js";
import type { Mail } from "./mail.schema.js";
import { secretOf, writeMail } from "./text.js";

const at = new Date("2026-03-01T12:00:00Z");
const URL_OF_IT = "https://cloud.example/toll";

const letter = (kind: MailKind, rest: Partial<Mail> = {}): Mail => ({
  id: "00000000-0000-7000-8000-000000000001",
  organisationId: "00000000-0000-7000-8000-000000000002",
  userId: null,
  kind,
  recipient: "thandi@example.com",
  displayName: "Thandi",
  locale: "en-ZA",
  expiresAt: new Date("2026-03-01T12:05:00Z"),
  facts: {},
  sealed: null,
  state: "QUEUED",
  attempts: 1,
  nextAttemptAt: at,
  leasedUntil: null,
  error: null,
  createdAt: at,
  sentAt: null,
  ...rest,
});

const write = (kind: MailKind, rest: Partial<Mail> = {}, secret: string | null = "s3cr-t_") =>
  writeMail(letter(kind, rest), secretOf(kind) === null ? null : secret, at, URL_OF_IT);

const KINDS = Object.keys(DESIGNS) as MailKind[]; // the record has exactly these

describe.each(KINDS)("a mail of kind %s", (kind) => {
  it("says the same in plain text and as a page, and what to do if it was not oneself", () => {
    const { subject, text, html, link } = write(kind);
    expect(subject).not.toBe("");
    expect(text).toContain("Hello Thandi,");
    expect(text).toMatch(/If (you|it|that)/);
    expect(text).not.toMatch(/undefined|null|\[object/);
    for (const line of text.split("\n").filter((entry) => entry !== "" && !entry.startsWith("Your code")))
      expect(html).toContain(line.replace(/:$/, ""));
    expect(link === null || (text.includes(link) && html.includes(`href="${link}"`))).toBe(true);
  });

  it("loads nothing from elsewhere, and is made for the dark as well", () => {
    const { html } = write(kind);
    expect(html).not.toMatch(/<img|<script|url\(|@import|src=/);
    expect(html.match(/https?:\/\/[^"<\s]+/g)?.every((address) => address.startsWith(URL_OF_IT)) ?? true).toBe(true);
    expect(html).toContain("prefers-color-scheme: dark");
  });

  it("escapes what people chose, keeps it on one line, and makes no link of it", () => {
    const evil = "<b>Eve</b>\r\nBcc: x@evil.example https://evil.example/x";
    const names = ["organisationName", "invitedByName", "roleNames", "what", "newEmail", "device", "address"];
    const facts = Object.fromEntries(names.map((name) => [name, evil]));
    const { subject, text, html } = write(kind, { displayName: evil, facts });
    expect(html).not.toContain("<b>Eve");
    expect(subject).not.toMatch(/[\r\n]/);
    for (const written of [subject, text, html]) expect(written).not.toMatch(/evil\.example|https:\/\/evil/);
    expect(text).not.toMatch(/^Bcc/m);
  });

  it("never fails for want of a fact, a name, an end or a known locale", () => {
    const { text } = write(kind, { displayName: "", expiresAt: null, locale: "not a locale", facts: { at: "x" } });
    expect(text.startsWith("Hello,\n")).toBe(true);
    expect(text).not.toMatch(/undefined|Invalid Date/);
  });
});

describe("the text of a mail", () => {
  it("shows a code once in each form, and when it ends", () => {
    const { text, html, link } = write("SIGN_IN_CODE", {}, "123456");
    expect(text.split("123456")).toHaveLength(2);
    expect(html.split("123456")).toHaveLength(2);
    expect(text).toMatch(/expires in 5 minutes, at 12:05.UTC/);
    expect(link).toBeNull();
  });

  it.each([
    ["PASSWORD_RESET", "/reset-password"],
    ["EMAIL_CHANGE", "/verify-email"],
    ["EMAIL_VERIFICATION", "/verify-email"],
    ["INVITATION", "/accept-invitation"],
  ] as const)("of kind %s leads to %s with its token", (kind, path) => {
    expect(write(kind).link).toBe(`${URL_OF_IT}${path}?token=s3cr-t_`);
  });

  it("tells who invites where, and as what", () => {
    const facts = { organisationName: "Karoo Bikes", invitedByName: "Sipho", roleNames: "admin, billing" };
    const { subject, text } = write("INVITATION", { facts, expiresAt: new Date("2026-03-08T12:00:00Z") });
    expect(subject).toBe("Sipho invites you to Karoo Bikes");
    expect(text).toContain("Sipho invites you to work with Karoo Bikes on Tollgate, as admin, billing.");
    expect(text).toMatch(/expires in 7 days, on 8 March 2026 at 12:00.UTC/);
  });

  it("tells who reset a second factor, but not where they sit", () => {
    const own = write("FACTOR_CHANGED", {
      facts: { what: "codes now come by e-mail", device: "Firefox", address: "10.0.0.1" },
    });
    expect(own.text).toContain("It was done from Firefox");
    const reset = write("FACTOR_CHANGED", { facts: { what: "whoever manages people reset it", by: "MANAGER" } });
    expect(reset.text).toContain("You were signed out everywhere.");
    expect(reset.text).not.toContain("It was done from");
  });

  it("writes times as the locale does", () => {
    expect(write("SIGN_IN_CODE", { locale: "en-US" }).text).toMatch(/at 12:05.PM.UTC/);
    const changed = write("PASSWORD_CHANGED", { locale: "en-US", facts: { at: "2026-02-28T23:30:00Z" } });
    expect(changed.text).toMatch(/on February 28, 2026 at 11:30.PM.UTC/);
  });
});

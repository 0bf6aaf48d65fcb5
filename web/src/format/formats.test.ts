import { describe, expect, it } from "vitest";
import { ABSENT, createFormats, shareOf } from "./formats.js";

const formats = createFormats({ locale: "en-GB", timeZone: "Africa/Johannesburg" });

describe("formats", () => {
  it("shows an absent, unreadable or infinite value as a dash, never as 0 or NaN", () => {
    expect(formats.number(null)).toBe(ABSENT);
    expect(formats.percent(Number.NaN)).toBe(ABSENT);
    expect(formats.percent(Number.POSITIVE_INFINITY)).toBe(ABSENT);
    expect(formats.bytes(undefined)).toBe(ABSENT);
    expect(formats.bytes("not a size")).toBe(ABSENT);
    expect(formats.rate(null)).toBe(ABSENT);
    expect(formats.duration(null)).toBe(ABSENT);
    expect(formats.dateTime(null)).toBe(ABSENT);
    expect(formats.dateTime("yesterday")).toBe(ABSENT);
    expect(formats.ago(null, 0)).toBe(ABSENT);
  });

  it("shows a true zero as zero", () => {
    expect(formats.number(0)).toBe("0");
    expect(formats.percent(0)).toBe("0 %");
    expect(formats.bytes("0")).toBe("0 B");
    expect(formats.rate(0)).toBe("0 B/s");
  });

  it("gives small shares one place and larger ones none", () => {
    expect(formats.percent(4.26)).toBe("4.3 %");
    expect(formats.percent(42.6)).toBe("43 %");
    expect(formats.percent(100)).toBe("100 %");
  });

  it("reads sizes above 2^53 from text and uses binary units", () => {
    expect(formats.bytes("8589934592")).toBe("8 GiB");
    expect(formats.bytes("1610612736")).toBe("1.5 GiB");
    expect(formats.bytes("18014398509481984")).toBe("16 PiB");
    expect(formats.bytes(1023)).toBe("1,023 B");
  });

  it("uses decimal units for rates", () => {
    expect(formats.rate(1_250_000)).toBe("1.3 MB/s");
    expect(formats.rate(999)).toBe("999 B/s");
    expect(formats.rate(250_000)).toBe("250 kB/s");
  });

  it("names the two largest parts of a duration", () => {
    expect(formats.duration("273600")).toBe("3 d 4 h");
    expect(formats.duration(3_600)).toBe("1 h");
    expect(formats.duration(59)).toBe("59 s");
    expect(formats.duration(0)).toBe("0 s");
  });

  it("shows instants in the person's zone and locale", () => {
    expect(formats.dateTime("2026-11-21T22:30:00.000Z")).toBe("22 Nov 2026, 00:30");
    expect(formats.day("2026-11-21")).toBe("21 Nov 2026");
    expect(formats.day("soon")).toBe(ABSENT);
    expect(formats.time(Date.parse("2026-11-21T22:30:05.000Z"))).toBe("00:30:05");
  });

  it("counts back from the given moment", () => {
    const now = Date.parse("2026-11-21T12:00:00.000Z");
    expect(formats.ago("2026-11-21T11:55:00.000Z", now)).toBe("5 minutes ago");
    expect(formats.ago("2026-11-21T11:59:50.000Z", now)).toBe("now");
    expect(formats.ago("2026-11-19T12:00:00.000Z", now)).toBe("2 days ago");
  });

  it("falls back to the browser's own for a locale or zone that does not exist", () => {
    const fallback = createFormats({ locale: "not a locale", timeZone: "Mars/Olympus" });
    expect(fallback.timeZone).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(fallback.number(5)).toBe("5");
  });
});

describe("shareOf", () => {
  it("gives a share of 0 to 100", () => {
    expect(shareOf("4294967296", "8589934592")).toBe(50);
  });

  it("is absent when a side is absent or the whole is zero", () => {
    expect(shareOf(null, "10")).toBeNull();
    expect(shareOf("1", undefined)).toBeNull();
    expect(shareOf("1", "0")).toBeNull();
  });
});

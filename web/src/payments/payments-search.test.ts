import { describe, expect, it } from "vitest";
import { eventFilterOf, parseEventsSearch } from "./events-search.js";
import { filterOf, parsePaymentsSearch } from "./payments-search.js";

const ZONE = "Africa/Johannesburg";
const ID = "01990000-0000-7000-8001-000000000011";

describe("the address of the list of payments", () => {
  it("keeps what it understands and leaves out the rest", () => {
    const good = { state: "paid", provider: "STRIPE", organisation: ID, from: "2026-01-01", to: "2026-01-31" };
    expect(parsePaymentsSearch({ ...good, page: 2 })).toEqual(good);
    expect(
      parsePaymentsSearch({ state: "toString", provider: "NOBODY", organisation: "1", from: "2026-02-30" }),
    ).toEqual({});
  });

  it("stands for a question with all states of a group and whole days of the person's zone", () => {
    expect(filterOf({}, ZONE)).toEqual({});
    expect(filterOf({ state: "back", provider: "MANUAL", from: "2026-01-31", to: "2026-01-31" }, ZONE)).toEqual({
      state: ["REFUNDED", "CHARGED_BACK"],
      provider: ["MANUAL"],
      period: { from: "2026-01-30T22:00:00.000Z", to: "2026-01-31T22:00:00.000Z" },
    });
  });
});

describe("the address of the list of webhooks", () => {
  it("keeps what it understands and leaves out the rest", () => {
    expect(parseEventsSearch({ state: "FAILED", provider: "MANUAL", topUp: ID })).toEqual({
      state: "FAILED",
      topUp: ID,
    });
    expect(eventFilterOf({ state: "FAILED", topUp: ID }, ZONE)).toEqual({ state: ["FAILED"], topUpId: ID });
  });
});

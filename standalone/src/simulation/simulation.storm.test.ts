import { createDatabase } from "@tollgate/kit/testing";
import { expect, inject, test } from "vitest";
import { digestOf, invoicesOf } from "./outcome.js";
import { type Plan, simulate } from "./simulate.js";

const TWO_YEARS: Plan = { seed: 11, companies: 12, days: 731, from: new Date("2026-01-01T00:00:00Z") };

const invoicesAfter = async (plan: Plan) => {
  const { url, drop } = await createDatabase(inject("postgresUrl"));
  const world = await simulate(url, plan);
  try {
    return await invoicesOf(world);
  } finally {
    await world.close();
    await drop();
  }
};

test("24 months make the same invoices again, numbered without gaps, when everything due is done twice", async () => {
  const invoices = await invoicesAfter(TWO_YEARS);
  const numbers = Map.groupBy(
    invoices.flatMap(({ issuerId, number }) => (number === null ? [] : [`${issuerId} ${number.replace(/\d+$/, "")}`])),
    (series) => series,
  );
  for (const [series, members] of numbers) {
    const counted = invoices.flatMap(({ issuerId, number }) =>
      number !== null && series === `${issuerId} ${number.replace(/\d+$/, "")}`
        ? [Number(/\d+$/.exec(number)?.[0])]
        : [],
    );
    expect(Math.max(...counted) - Math.min(...counted) + 1, series).toBe(members.length);
  }
  expect(digestOf(await invoicesAfter({ ...TWO_YEARS, jobRuns: 2 }))).toBe(digestOf(invoices));
}, 3_600_000);

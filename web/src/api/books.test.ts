import { ApolloLink, execute, gql } from "@apollo/client";
import { lastValueFrom, of } from "rxjs";
import { afterEach, expect, it, vi } from "vitest";
import { booksNow, notingBooks } from "./books.js";
import { createClient } from "./client.js";

const DAY = 86_400_000;
const SHELL = gql`
  query Shell {
    billingTime
  }
`;

afterEach(() => vi.useRealTimers());

/** Asks a server that answers so. */
const ask = (data: ApolloLink.Result["data"]) => {
  const link = ApolloLink.from([notingBooks(), new ApolloLink(() => of({ data }))]);
  return lastValueFrom(execute(link, { query: SHELL }, { client: createClient(link) }));
};

it("is the server's time until billing has told its own, and goes on from there", async () => {
  vi.useFakeTimers();
  const now = Date.parse("2026-11-21T10:00:00.000Z");
  vi.setSystemTime(now);
  expect(booksNow()).toBe(now);
  await ask({ billingTime: new Date(now + 30 * DAY).toISOString() });
  expect(booksNow()).toBe(now + 30 * DAY);
  vi.setSystemTime(now + 1_000);
  expect(booksNow()).toBe(now + 30 * DAY + 1_000);
});

it("stays as it was told where an answer does not tell it", async () => {
  vi.useFakeTimers();
  await ask({ billingTime: new Date(Date.now() + DAY).toISOString() });
  for (const data of [{ billingTime: null }, { organisation: null }, null, undefined]) await ask(data);
  expect(booksNow()).toBe(Date.now() + DAY);
});

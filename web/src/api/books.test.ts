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

/** Asks a server that answers so, and waits before. */
const ask = (data: ApolloLink.Result["data"], wait?: () => void) => {
  const answering = new ApolloLink(() => {
    wait?.();
    return of({ data });
  });
  const link = ApolloLink.from([notingBooks(), answering]);
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

it("is not turned back by an answer that took long, but follows where the browser's own clock was set", async () => {
  vi.useFakeTimers();
  const now = Date.now();
  const told = (moment: number) => ({ billingTime: new Date(moment).toISOString() });
  await ask(told(now + DAY));
  await ask(told(now + DAY), () => vi.setSystemTime(now + 20_000));
  expect(booksNow()).toBe(now + DAY + 20_000);
  vi.setSystemTime(now + 2 * DAY);
  await ask(told(now + DAY + 60_000));
  expect(booksNow()).toBe(now + DAY + 60_000);
});

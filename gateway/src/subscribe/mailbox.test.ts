import { describe, expect, it } from "vitest";
import { Mailbox } from "./mailbox.js";

describe("a mailbox", () => {
  const patient = { newestWins: false, capacity: 2, patienceMilliseconds: 10_000 };

  it("hands items over in their order", async () => {
    const mailbox = new Mailbox<string>(patient);
    await mailbox.put("a");
    await mailbox.put("b");
    expect([await mailbox.take(), await mailbox.take()]).toEqual(["a", "b"]);
  });

  it("hands an item to a reader who waits already", async () => {
    const mailbox = new Mailbox<string>(patient);
    const taken = mailbox.take();
    await mailbox.put("a");
    expect(await taken).toBe("a");
  });

  it("keeps the newest only, where newest wins", async () => {
    const mailbox = new Mailbox<number>({ ...patient, newestWins: true });
    for (let index = 0; index < 100; index += 1) expect(await mailbox.put(index)).toBe(true);
    mailbox.end();
    expect([await mailbox.take(), await mailbox.take()]).toEqual([99, undefined]);
  });

  it("lets the writer wait for space", async () => {
    const mailbox = new Mailbox<string>(patient);
    await mailbox.put("a");
    await mailbox.put("b");
    const third = mailbox.put("c");
    expect(await mailbox.take()).toBe("a");
    expect(await third).toBe(true);
    expect([await mailbox.take(), await mailbox.take()]).toEqual(["b", "c"]);
  });

  it("refuses when its reader was behind for too long", async () => {
    const mailbox = new Mailbox<string>({ ...patient, patienceMilliseconds: 0 });
    await mailbox.put("a");
    await mailbox.put("b");
    expect(await mailbox.put("c")).toBe(false);
  });

  it("lets nobody wait once it is discarded", async () => {
    const full = new Mailbox<string>(patient);
    await full.put("a");
    await full.put("b");
    const writer = full.put("c");
    full.discard();
    expect(await writer).toBe(false);
    expect(await full.take()).toBeUndefined();
    const empty = new Mailbox<string>(patient);
    const reader = empty.take();
    empty.discard();
    expect(await reader).toBeUndefined();
    expect(await empty.put("d")).toBe(false);
  });
});

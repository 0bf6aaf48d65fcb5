import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.js";

describe("a queue of events", () => {
  it("gives what waits before it ends with its error", async () => {
    const queue = new EventQueue<number>(false, 10);
    queue.push(1);
    queue.finish(new RangeError("over"));
    queue.push(2);
    expect(await queue.next()).toEqual({ event: 1 });
    await expect(queue.next()).rejects.toThrow("over");
  });

  it("keeps its first end", async () => {
    const queue = new EventQueue<number>(false, 10);
    queue.finish();
    queue.finish(new RangeError("later"));
    expect(await queue.next()).toBeNull();
  });

  it("takes no more than its limit", () => {
    const queue = new EventQueue<number>(false, 2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
  });

  it("puts the newest in the place of what waits, where that is enough", async () => {
    const queue = new EventQueue<number>(true, 1);
    for (const event of [1, 2, 3]) expect(queue.push(event)).toBe(true);
    expect(await queue.next()).toEqual({ event: 3 });
  });
});

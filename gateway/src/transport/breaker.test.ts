import { describe, expect, it } from "vitest";
import { Breaker, CircuitOpen } from "./breaker.js";

describe("a circuit breaker", () => {
  let now = 0;
  const rules = { failures: 3, pauseMilliseconds: 100, longestPauseMilliseconds: 300 };
  const breaker = () => new Breaker("billing", rules, () => now);
  const works = async () => "done";
  const fails = async (): Promise<string> => {
    throw new Error("down");
  };
  const outcome = (one: Breaker, work: () => Promise<string>) =>
    one.run(work).catch((error: unknown) => (error instanceof CircuitOpen ? "not asked" : "failed"));

  async function open(one: Breaker): Promise<void> {
    for (const _ of [1, 2, 3]) expect(await outcome(one, fails)).toBe("failed");
  }

  it("lets everybody through until there were too many failures in a row", async () => {
    const one = breaker();
    for (const work of [fails, fails, works, fails, fails]) await outcome(one, work);
    expect(one.state).toBe("closed");
    await outcome(one, fails);
    expect(one.state).toBe("open");
    expect(await outcome(one, works)).toBe("not asked");
  });

  it("closes again when the probe after a pause succeeds", async () => {
    const one = breaker();
    await open(one);
    now += 100;
    expect(one.state).toBe("half-open");
    expect(await outcome(one, works)).toBe("done");
    expect(one.state).toBe("closed");
  });

  it("lets one probe through at a time", async () => {
    const one = breaker();
    await open(one);
    now += 100;
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = one.run(async () => await promise);
    expect(await outcome(one, works)).toBe("not asked");
    resolve("done");
    expect(await probe).toBe("done");
    expect(await outcome(one, works)).toBe("done");
  });

  it("stays open for longer with each probe that fails, up to a limit", async () => {
    const one = breaker();
    await open(one);
    for (const pause of [100, 200, 300, 300]) {
      now += pause - 1;
      expect(one.state).toBe("open");
      now += 1;
      expect(await outcome(one, fails)).toBe("failed");
    }
  });

  it("does not count failures that are not the subgraph's", async () => {
    const one = breaker();
    for (const _ of [1, 2, 3, 4]) await one.run(fails, () => false).catch(() => undefined);
    expect(one.state).toBe("closed");
  });
});

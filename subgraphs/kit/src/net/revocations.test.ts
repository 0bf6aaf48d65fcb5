import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestIdentity } from "../testing/identity.js";
import { RevocationWatch } from "./revocations.js";

/** So seldom that it never polls while a test looks. */
const NEVER = 3_600_000;

describe("what was revoked", () => {
  let identity: TestIdentity;
  let watch: RevocationWatch;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    identity = await TestIdentity.create();
    watch = new RevocationWatch(identity, NEVER, pino({ level: "silent" }));
    await watch.start();
  });

  afterEach(async () => {
    await watch.stop();
    vi.useRealTimers();
  });

  const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

  it("is not asked for while the heartbeat is younger than a second", async () => {
    identity.end("ended");
    pass(999);
    await watch.upToDate();
    expect(watch.isEnded("ended")).toBe(false);
  });

  it("is asked for by the request itself once the heartbeat was missing for a second", async () => {
    identity.end("ended");
    pass(1_000);
    await watch.upToDate();
    expect(watch.isEnded("ended")).toBe(true);
  });

  it("is one question for all requests that wait for it", async () => {
    const asked = vi.spyOn(identity, "revocations");
    pass(1_000);
    await Promise.all(Array.from({ length: 50 }, () => watch.upToDate()));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("holds a request up for half a second at most while accounts says nothing", async () => {
    vi.spyOn(identity, "revocations").mockReturnValue(new Promise(() => undefined));
    pass(1_000);
    const waited = watch.upToDate().then(() => "went on");
    await vi.advanceTimersByTimeAsync(499);
    expect(await Promise.race([waited, Promise.resolve("waits")])).toBe("waits");
    await vi.advanceTimersByTimeAsync(1);
    expect(await waited).toBe("went on");
    vi.spyOn(identity, "revocations").mockRestore();
    watch = new RevocationWatch(identity, NEVER, pino({ level: "silent" }));
  });

  it("does not hold requests up where accounts cannot be reached: its tokens count until they run out", async () => {
    identity.away(true);
    pass(60_000);
    await watch.upToDate();
    expect(watch.loaded).toBe(true);
    identity.away(false);
    identity.end("ended");
    await watch.upToDate();
    expect(watch.isEnded("ended")).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { createSession, type Renewal, type SessionMessage, type SessionSurroundings } from "./session.js";

/** A browser of several tabs: one storage, one lock, one channel, and a clock that the test turns. */
function browser(answers: Renewal[]) {
  let clock = 1_000_000;
  let stored: number | null = null;
  let lock: Promise<unknown> = Promise.resolve();
  const requests: number[] = [];
  const tabs: { hear(message: SessionMessage): void }[] = [];
  const timers = new Set<{ at: number; task: () => void }>();

  function openTab() {
    const surroundings: SessionSurroundings = {
      async requestRenewal() {
        requests.push(clock);
        return answers.shift() ?? { outcome: "refused" };
      },
      now: () => clock,
      after(milliseconds, task) {
        const timer = { at: clock + milliseconds, task };
        timers.add(timer);
        return () => timers.delete(timer);
      },
      alone(task) {
        const turn = lock.then(task);
        lock = turn.catch(() => null);
        return turn;
      },
      readExpiry: () => stored,
      writeExpiry: (expiresAt) => {
        stored = expiresAt;
      },
      announce: (message) => {
        for (const tab of tabs) if (tab !== session) tab.hear(message);
      },
    };
    const session = createSession(surroundings);
    tabs.push(session);
    return session;
  }

  async function pass(milliseconds: number) {
    clock += milliseconds;
    for (const timer of [...timers]) {
      if (timer.at <= clock && timers.delete(timer)) timer.task();
    }
    await lock;
    await Promise.resolve();
  }

  return { openTab, pass, requests, expiryIn: (milliseconds: number) => clock + milliseconds, stored: () => stored };
}

const MINUTE = 60_000;

describe("a session", () => {
  it("renews itself five minutes before it runs out", async () => {
    const world = browser([{ outcome: "renewed", expiresAt: 1_000_000 + 25 * MINUTE }]);
    const tab = world.openTab();
    tab.begin(world.expiryIn(15 * MINUTE));
    await world.pass(9 * MINUTE);
    expect(world.requests).toHaveLength(0);
    await world.pass(MINUTE);
    expect(world.requests).toHaveLength(1);
    expect(world.stored()).toBe(1_000_000 + 25 * MINUTE);
    expect(tab.state.get().status).toBe("signed-in");
  });

  it("asks once however many callers in one tab need it", async () => {
    const world = browser([{ outcome: "renewed", expiresAt: 9_000_000 }]);
    const tab = world.openTab();
    tab.begin(world.expiryIn(MINUTE));
    expect(await Promise.all([tab.renew(), tab.renew(), tab.renew()])).toEqual(["renewed", "renewed", "renewed"]);
    expect(world.requests).toHaveLength(1);
  });

  it("lets one tab renew for all", async () => {
    const world = browser([{ outcome: "renewed", expiresAt: 9_000_000 }]);
    const first = world.openTab();
    first.begin(world.expiryIn(MINUTE));
    const second = world.openTab();
    second.begin();
    expect(await Promise.all([first.renew(), second.renew()])).toEqual(["renewed", "renewed"]);
    expect(world.requests).toHaveLength(1);
  });

  it("ends in every tab when the server refuses", async () => {
    const world = browser([{ outcome: "refused" }]);
    const first = world.openTab();
    first.begin(world.expiryIn(MINUTE));
    const second = world.openTab();
    second.begin();
    expect(await first.renew()).toBe("refused");
    expect(first.state.get()).toEqual({ status: "signed-out", reason: "expired" });
    expect(second.state.get()).toEqual({ status: "signed-out", reason: "expired" });
    expect(world.stored()).toBeNull();
  });

  it("outlives a server that cannot be reached, and tries again", async () => {
    const world = browser([{ outcome: "unreachable" }, { outcome: "renewed", expiresAt: 9_000_000 }]);
    const tab = world.openTab();
    tab.begin(world.expiryIn(MINUTE));
    expect(await tab.renew()).toBe("unreachable");
    expect(tab.state.get().status).toBe("signed-in");
    await world.pass(10_000);
    expect(world.requests).toHaveLength(2);
  });

  it("takes signing out to every tab, and renews no more", async () => {
    const world = browser([]);
    const first = world.openTab();
    first.begin(world.expiryIn(15 * MINUTE));
    const second = world.openTab();
    second.begin();
    second.end("left");
    expect(first.state.get()).toEqual({ status: "signed-out", reason: "left" });
    await world.pass(20 * MINUTE);
    expect(world.requests).toHaveLength(0);
  });

  it("remembers over a reload that somebody was signed in", () => {
    const world = browser([]);
    expect(world.openTab().wasSignedIn()).toBe(false);
    world.openTab().begin(world.expiryIn(MINUTE));
    expect(world.openTab().wasSignedIn()).toBe(true);
  });
});

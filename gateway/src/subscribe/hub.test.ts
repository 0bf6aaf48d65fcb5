import { randomUUID } from "node:crypto";
import type { FormattedExecutionResult } from "graphql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeOf, sampleOf } from "../testing/graph.js";
import { SocketClient } from "../testing/socket-client.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

const joined = "subscription Live { vmSamples { cpuPercent vm { id hourlyCost { formatted } } } }";
const plain = "subscription { vmSamples { cpuPercent } }";
const changes = "subscription ($after: String) { vmChanges(after: $after) { state } }";
const permissions = ["price:read", "vm:read"];

type Results = AsyncIterableIterator<FormattedExecutionResult>;

describe("equal subscriptions of one scope", () => {
  const org = randomUUID();
  let running: RunningGateway;
  let clients: SocketClient[];

  async function connect(
    who: { org?: string; permissions?: readonly string[]; narrowed?: string } = {},
  ): Promise<SocketClient & { session: string; user: string }> {
    const { token, claims } = await running.identity.issue(who.permissions ?? permissions, { org: who.org ?? org });
    const connectionParams = who.narrowed ? { "x-organisation-id": who.narrowed } : {};
    const client = new SocketClient(running.url, { token, connectionParams });
    clients.push(client);
    return Object.assign(client, { session: claims.sid, user: claims.sub });
  }

  /** Subscribes with each client, and waits until the gateway has so many upstreams and all subscriptions. */
  async function subscribe(query: string, of: readonly SocketClient[], upstreams: number): Promise<Promise<unknown>[]> {
    const first = of.map((client) => client.next(client.run(query)));
    await running.graph.samples.untilOpen(upstreams);
    // Each socket answers in order: what is asked after subscribing is answered after it.
    await Promise.all(of.map((client) => client.next(client.run("{ weather }"))));
    return first;
  }

  const joins = () => running.graph.billing.requests.length;

  beforeEach(async () => {
    clients = [];
    running = await startGateway({ limits: { queuedEvents: 20 } });
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await eventually(() => {
      expect(running.graph.samples.open).toBe(0);
      expect(running.graph.changes.open).toBe(0);
    });
    await running.gateway.stop();
  });

  it("have one upstream and one join for each event, whoever asks and however the document is spaced", async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => connect()));
    const spaced = joined.replaceAll(" ", "\n  ");
    const first = [
      ...(await subscribe(joined, people.slice(0, 5), 1)),
      ...(await subscribe(spaced, people.slice(5), 1)),
    ];
    running.graph.samples.publish(sampleOf("1", 7));
    const expected = { data: { vmSamples: [{ cpuPercent: 7, vm: { id: "1", hourlyCost: { formatted: "R 1.00" } } }] } };
    expect(await Promise.all(first)).toEqual(people.map(() => expected));
    expect(running.graph.samples.open).toBe(1);
    expect(joins()).toBe(1);
  });

  it("are asked for in the name of a scope without user, session, token or address", async () => {
    const [client] = [await connect({ narrowed: org })];
    const [first] = await subscribe(joined, [client], 1);
    running.graph.samples.publish(sampleOf("1", 7));
    await first;
    for (const { caller } of [...running.graph.telemetry.requests.slice(0, 1), ...running.graph.billing.requests]) {
      expect(caller).toMatchObject({
        claims: null,
        accessToken: null,
        refreshToken: null,
        locale: null,
        address: "-",
        narrowedOrganisationId: org,
        scope: { org, kind: "CUSTOMER", permissions: ["price:read", "vm:read"] },
      });
      const told = JSON.stringify(caller);
      expect(told).not.toContain(client.user);
      expect(told).not.toContain(client.session);
    }
  });

  it("are none where organisation, permissions, narrowing, variables or document differ", async () => {
    const withIds = "subscription ($ids: [ID!]) { vmSamples(ids: $ids) { cpuPercent } }";
    const subscriptions: [SocketClient, string, Record<string, unknown>?][] = [
      [await connect(), plain],
      [await connect({ org: randomUUID() }), plain],
      [await connect({ permissions: ["vm:read"] }), plain],
      [await connect({ narrowed: randomUUID() }), plain],
      [await connect(), joined],
      [await connect(), withIds, { ids: ["1"] }],
      [await connect(), withIds, { ids: ["2"] }],
      [await connect(), withIds, { ids: null }],
      [await connect(), withIds],
    ];
    const results = subscriptions.map(([client, query, variables]) => client.next(client.run(query, variables)));
    await running.graph.samples.untilOpen(subscriptions.length);
    running.graph.samples.publish(sampleOf("1", 1));
    await Promise.all(results);
    // The order in which permissions are listed, or an id is written, makes no difference.
    const [reordered, number] = [await connect({ permissions: [...permissions].reverse() }), await connect()];
    await reordered.next(reordered.run(plain));
    await number.next(number.run(withIds, { ids: [1] }));
    expect(running.graph.samples.open).toBe(subscriptions.length);
  });

  it("give who comes later the last event at once, where each is a full picture", async () => {
    const [early, late] = [await connect(), await connect()];
    const [first] = await subscribe(joined, [early], 1);
    running.graph.samples.publish(sampleOf("1", 50));
    const seen = await first;
    expect(await late.next(late.run(joined))).toEqual(seen);
    expect(running.graph.samples.open).toBe(1);
    expect(joins()).toBe(1);
  });

  it("join the last event anew for who comes later than it is good for, without telling the others again", async () => {
    await running.gateway.stop();
    running = await startGateway({ limits: { freshMilliseconds: 0 } });
    const [early, late] = [await connect(), await connect()];
    const events = early.run(joined);
    const first = early.next(events);
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 50));
    expect(await late.next(late.run(joined))).toEqual(await first);
    expect(joins()).toBe(2);
    const second = early.next(events);
    running.graph.samples.publish(sampleOf("1", 60));
    expect(await second).toMatchObject({ data: { vmSamples: [{ cpuPercent: 60 }] } });
    expect(running.graph.samples.open).toBe(1);
  });

  it("tell who comes later only what happens from then on, where events have cursors", async () => {
    const [early, late] = [await connect(), await connect()];
    const first = early.run(changes);
    const waiting = early.next(first);
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish(changeOf("1", "STARTING"));
    await waiting;
    const later = late.next(late.run(changes));
    await late.next(late.run("{ weather }"));
    running.graph.changes.publish(changeOf("1", "RUNNING"));
    expect(await later).toEqual({ data: { vmChanges: { state: "RUNNING" } } });
    expect(await early.next(first)).toEqual(await later);
    expect(running.graph.changes.open).toBe(1);
  });

  it("are each its own where events of the past are wanted", async () => {
    const people = [await connect(), await connect(), await connect()];
    const [first, second, third] = people.map((client, index) => client.run(changes, index < 2 ? { after: "7" } : {}));
    const waiting = [first, second, third].map((one) => one?.next());
    await running.graph.changes.untilOpen(3);
    running.graph.changes.publish(changeOf("1", "RUNNING"));
    await Promise.all(waiting);
  });

  it("are each its own where a field depends on the person, also behind a fragment or a condition", async () => {
    const selections = [
      "vmSamples { vm { favourite } }",
      "vmSamples { vm { ...F } }",
      "vmSamples { vm { id favourite @skip(if: $yes) } }",
    ];
    for (const [index, selection] of selections.entries()) {
      const fragment = selection.includes("...F") ? "fragment F on Vm { ... on Vm { mine: favourite } }" : "";
      const variables = selection.includes("$yes") ? "($yes: Boolean! = true)" : "";
      const query = `subscription ${variables} { ${selection} } ${fragment}`;
      for (const client of [await connect(), await connect()])
        client
          .run(query)
          .next()
          .catch(() => undefined);
      await running.graph.samples.untilOpen((index + 1) * 2);
    }
    for (const { caller } of running.graph.telemetry.requests) expect(caller.scope).toBeUndefined();
  });

  it("turn out to be each its own when a field without the tag wants to know the person", async () => {
    const people = [await connect(), await connect(), await connect()];
    const query = "subscription { vmSamples { vm { id seenBy } } }";
    const first = await subscribe(query, people.slice(0, 2), 1);
    running.graph.samples.publish(sampleOf("1", 1));
    await running.graph.samples.untilOpen(2);
    running.graph.samples.publish(sampleOf("1", 2));
    const seenBy = (user: string | undefined) => ({ data: { vmSamples: [{ vm: { id: "1", seenBy: user } }] } });
    expect(await Promise.all(first)).toEqual(people.slice(0, 2).map(({ user }) => seenBy(user)));
    const [, , third] = people;
    const later = third?.next(third.run(query));
    await running.graph.samples.untilOpen(3);
    running.graph.samples.publish(sampleOf("1", 3));
    expect(await later).toEqual(seenBy(third?.user));
    expect(running.log.filter(({ msg }) => String(msg).includes("per-person"))).toHaveLength(1);
  });

  it("are refused each in its own name", async () => {
    const people = [await connect(), await connect()];
    const refused = await Promise.all(
      people.map((client) => client.next(client.run("subscription { refusingNewest }"))),
    );
    for (const result of refused) {
      expect(result).toMatchObject({ errors: [{ message: "Nothing of that id", extensions: { code: "NOT_FOUND" } }] });
    }
    const asked = running.graph.telemetry.requests.map(({ caller }) => caller.claims?.sub);
    for (const { user } of people) expect(asked).toContain(user);
  });

  it("go on when one of them leaves, and end with the last one", async () => {
    const [first, second] = [await connect(), await connect()];
    const [one, other] = [first.run(plain), second.run(plain)];
    const waiting = [first.next(one), second.next(other)];
    await running.graph.samples.untilOpen(1);
    await Promise.all([first, second].map((client) => client.next(client.run("{ weather }"))));
    running.graph.samples.publish(sampleOf("1", 1));
    await Promise.all(waiting);
    await one.return?.();
    await first.next(first.run("{ weather }"));
    const next = second.next(other);
    running.graph.samples.publish(sampleOf("1", 2));
    expect(await next).toEqual({ data: { vmSamples: [{ cpuPercent: 2 }] } });
    expect(running.graph.samples.open).toBe(1);
    await other.return?.();
    await running.graph.samples.untilOpen(0);
  });

  it("lose the one whose session ends, within a second, and nobody else", async () => {
    const [first, second] = [await connect(), await connect()];
    const other = second.run(plain);
    const gone = first
      .run(plain)
      .next()
      .catch((reason: unknown) => reason);
    const waiting = second.next(other);
    await running.graph.samples.untilOpen(1);
    await Promise.all([first, second].map((client) => client.next(client.run("{ weather }"))));
    const endedAt = performance.now();
    running.identity.end(first.session);
    expect(await first.closed).toMatchObject({ code: 4403 });
    expect(performance.now() - endedAt).toBeLessThan(1_000);
    await gone;
    running.graph.samples.publish(sampleOf("1", 9));
    expect(await waiting).toEqual({ data: { vmSamples: [{ cpuPercent: 9 }] } });
  });

  it("end together, each with one error, when their upstream breaks", async () => {
    const people = [await connect(), await connect()];
    const results: Results[] = people.map((client) => client.run(plain));
    const waiting = results.map((one) => one.next());
    await running.graph.samples.untilOpen(1);
    await Promise.all(people.map((client) => client.next(client.run("{ weather }"))));
    running.graph.samples.fail(new Error("connection to 10.0.0.7 lost"));
    for (const step of await Promise.all(waiting)) {
      expect(step.value).toMatchObject({ errors: [{ extensions: { code: "UNAVAILABLE" } }] });
    }
    for (const one of results) expect(await one.next()).toMatchObject({ done: true });
  });
});

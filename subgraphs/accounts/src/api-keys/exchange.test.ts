import { TEST_SECRET, until } from "@tollgate/kit/testing";
import { describe, expect, it } from "vitest";
import { SigningKeys } from "../keys/keys.js";
import {
  claimsOf,
  create,
  grant,
  graph,
  identity,
  naledi,
  now,
  REVOKE,
  recorded,
  run,
  show,
  system,
  tree,
  wait,
  withApiKeys,
} from "../testing/api-keys.js";
import { ApiKeyDesk } from "./exchange.js";
import { ApiKeySecrets } from "./secrets.js";

withApiKeys();

describe("showing a key", () => {
  it("is refused alike for a wrong, a made-up, a revoked and an expired one", async () => {
    const { secret, apiKey } = await create();
    const expired = await create({ expiresAt: new Date(Date.now() + 1_000).toISOString() });
    const wrong = `${secret.slice(0, -2)}${secret.endsWith("AA") ? "BB" : "AA"}`;
    expect(await show(wrong)).toEqual({ state: "invalid" });
    expect(await show(new ApiKeySecrets("another").make().secret)).toEqual({ state: "invalid" });
    expect(await show("tgk_'; drop table api_key")).toEqual({ state: "invalid" });
    await run(REVOKE, { id: apiKey.id });
    expect(await show(secret)).toEqual({ state: "invalid" });
    wait(2_000);
    expect(await show(expired.secret)).toEqual({ state: "invalid" });
    const reasons = () =>
      recorded.filter(({ action }) => action === "apiKey:use").map(({ after }) => (after as { why: string }).why);
    await until(() => ["UNKNOWN", "REVOKED", "EXPIRED"].every((why) => reasons().includes(why)));
  });

  it("works from the allowed addresses only, and the trail knows who tried from elsewhere, once", async () => {
    const { secret, apiKey } = await create({ allowedAddresses: ["192.0.2.0/24", "2001:db8::/32"] });
    expect((await show(secret, "192.0.2.200")).state).toBe("accepted");
    expect((await show(secret, "2001:db8:1::1")).state).toBe("accepted");
    for (let i = 0; i < 3; i += 1) expect(await show(secret, "203.0.113.9")).toEqual({ state: "foreign-address" });
    const refusals = () =>
      recorded.filter(({ resourceId, outcome }) => resourceId === apiKey.id && outcome === "REFUSED");
    await until(() => refusals().length > 0);
    expect(refusals()).toEqual([
      expect.objectContaining({
        actorKind: "API_KEY",
        actorId: apiKey.id,
        organisationId: tree.reseller,
        address: "203.0.113.9",
        after: { why: "FOREIGN_ADDRESS" },
        problem: "FORBIDDEN",
      }),
    ]);
  });

  it("gives no token beyond the end of the key", async () => {
    const end = new Date(Date.now() + 30_000);
    const { secret } = await create({ expiresAt: end.toISOString() });
    expect(await show(secret)).toMatchObject({ until: end.getTime() });
    expect((await claimsOf(secret)).exp).toBeLessThanOrEqual(Math.ceil(end.getTime() / 1000));
  });

  it("gives what the one who answers for it may still do, and nothing once that person may not enter", async () => {
    const { secret, apiKey } = await create({ permissions: ["vm:read", "wallet:read"] });
    const before = await claimsOf(secret);
    const { sequence } = await identity.revocations(null);
    await grant(naledi, tree.reseller, ["vm:read"]);
    const { permissionsVersions } = await identity.revocations(sequence);
    const news = permissionsVersions.find(({ userId }) => userId === apiKey.id);
    expect(news?.version).toBeGreaterThan(before.permissionsVersion);
    expect(await claimsOf(secret)).toMatchObject({ permissions: ["vm:read"], permissionsVersion: news?.version });
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${naledi}`);
    expect(await show(secret)).toEqual({ state: "invalid" });
    await system((tx) => tx.sql`update "user" set status = 'ACTIVE' where id = ${naledi}`);
  });

  it("gives nothing for a closed organisation, or one that is not below its answerer any more", async () => {
    const { secret } = await create({ organisationId: tree.customer });
    const place = (change: { status: string; path: string }) =>
      system((tx) => tx.sql`update tenancy set ${tx.sql(change)} where organisation_id = ${tree.customer}`);
    const [known] = await system<[{ status: string; path: string }]>(
      (tx) => tx.sql`select status, path from tenancy where organisation_id = ${tree.customer}`,
    );
    await place({ ...known, status: "CLOSED" });
    expect(await show(secret)).toEqual({ state: "invalid" });
    await place({ ...known, path: `/${tree.operator}/${tree.customer}/` });
    expect(await show(secret)).toEqual({ state: "invalid" });
    await place(known);
    expect((await show(secret)).state).toBe("accepted");
  });

  it("costs one comparison, whether there is a key with the prefix or not", async () => {
    const secrets = new ApiKeySecrets(TEST_SECRET);
    const { database } = graph.subgraph;
    const desk = new ApiKeyDesk(database, secrets, new SigningKeys(database, TEST_SECRET), now);
    const known = await create();
    for (const shown of [known.secret, `${known.secret.slice(0, -4)}AAAA`, secrets.make().secret]) {
      const before = secrets.compared;
      await desk.exchange({ secret: shown, address: "192.0.2.7", userAgent: "tests", requestId: "r-1" });
      expect(secrets.compared - before).toBe(1);
    }
  });

  it("needs the whole secret and the key that it was hashed with", () => {
    const secrets = new ApiKeySecrets(TEST_SECRET);
    const { secret, hash } = secrets.make();
    expect(secrets.matches(secret, hash)).toBe(true);
    expect(secrets.matches(secret, null)).toBe(false);
    expect(new ApiKeySecrets("another").matches(secret, hash)).toBe(false);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { callerOf } from "../caller/caller.js";
import type { Tx } from "../database/database.js";
import { countStatements } from "../database/statement-watch.js";
import { TEST_SECRET } from "../testing/databases.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { requestCaller, TestSubgraph, testTree } from "../testing/fixtures.js";
import { tellSetting } from "../testing/settings.js";
import { SettingKeys } from "./keys.js";
import { resealSettings } from "./projection.js";
import { readSecret, readSetting, readSettingOfEach, readSettings, readSettingsOfEach } from "./read.js";
import type { SettingKey } from "./registry.js";
import { TIME_ZONES } from "./time-zones.js";

const tree = testTree();
const keys = new SettingKeys([TEST_SECRET]);
const quiet = { info: () => undefined } as never; // of a logger nothing else is used
let example: TestSubgraph;

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source);
});
afterAll(() => example.stop());
afterEach(async () => {
  vi.unstubAllEnvs();
  await example.subgraph.database.system("test", (tx) => tx.sql`delete from setting_value`);
});

const told = (
  organisationId: string,
  key: SettingKey,
  value: unknown,
  rest: Parameters<typeof tellSetting>[4] = {},
): Promise<void> => tellSetting(example.subgraph, organisationId, key, value, rest);

const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => example.subgraph.database.system("test", work);
const as = <T>(org: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  example.subgraph.database.read(callerOf(requestCaller({ org })), work);
const grace = (organisationId: string | null) => system((tx) => readSetting(tx, "billing.graceHours", organisationId));

describe("a setting", () => {
  it("resolves from the organisation, then its ancestors, the nearest first, then the platform, then the default", async () => {
    expect(await grace(tree.customer)).toBe(24);
    await told(tree.operator, "billing.graceHours", 1);
    expect([await grace(tree.customer), await grace(tree.otherCustomer), await grace(null)]).toEqual([1, 1, 1]);
    await told(tree.reseller, "billing.graceHours", 2);
    expect([await grace(tree.customer), await grace(tree.otherCustomer), await grace(null)]).toEqual([2, 1, 1]);
    await told(tree.customer, "billing.graceHours", 3);
    expect([await grace(tree.customer), await grace(tree.sibling), await grace(tree.reseller)]).toEqual([3, 2, 2]);
    await told(tree.customer, "billing.graceHours", undefined);
    expect(await grace(tree.customer)).toBe(2);
  });

  it("follows a branch that moves", async () => {
    await told(tree.reseller, "billing.graceHours", 2);
    await told(tree.otherReseller, "billing.graceHours", 5);
    const path = `/${tree.operator}/${tree.otherReseller}/${tree.customer}/`;
    const [before] = await system((tx) => tx.sql`select path from tenancy where organisation_id = ${tree.customer}`);
    const place = (where: string) =>
      system((tx) => tx.sql`update tenancy set path = ${where} where organisation_id = ${tree.customer}`);
    await place(path);
    expect(await grace(tree.customer)).toBe(5);
    await place(String(before?.["path"]));
    expect(await grace(tree.customer)).toBe(2);
  });

  it("is what the environment says, whatever is written, without asking the database", async () => {
    await told(tree.customer, "billing.graceHours", 3);
    vi.stubEnv("BILLING_GRACE_HOURS", "9");
    const statements = await countStatements(() =>
      as(tree.customer, (tx) => readSetting(tx, "billing.graceHours", tree.customer)),
    );
    expect(await grace(tree.customer)).toBe(9);
    expect(statements.filter((text) => text.includes("settings_of"))).toHaveLength(0);
  });

  it("is read with others, and for many organisations, in one statement", async () => {
    await told(tree.operator, "mfa.required", true);
    await told(tree.customer, "billing.graceHours", 3);
    const statements = await countStatements(() =>
      as(tree.operator, async (tx) => {
        expect(await readSettings(tx, ["mfa.required", "billing.graceHours"], tree.customer)).toEqual({
          "mfa.required": true,
          "billing.graceHours": 3,
        });
        const each = await readSettingOfEach(tx, "billing.graceHours", [tree.customer, tree.sibling]);
        expect([each.get(tree.customer), each.get(tree.sibling)]).toEqual([3, 24]);
        const all = await readSettingsOfEach(tx, ["mfa.required", "billing.graceHours"], [tree.customer, tree.sibling]);
        expect([...all.values()]).toEqual([
          { "mfa.required": true, "billing.graceHours": 3 },
          { "mfa.required": true, "billing.graceHours": 24 },
        ]);
      }),
    );
    expect(statements.filter((text) => text.includes("settings_of"))).toHaveLength(3);
  });

  it("of a foreign organisation is not told, and its row not shown; those above are inherited all the same", async () => {
    await told(tree.sibling, "billing.graceHours", 3);
    await told(tree.reseller, "billing.runwayHours", 48);
    await as(tree.customer, async (tx) => {
      expect(await readSetting(tx, "billing.graceHours", tree.sibling)).toBe(24);
      expect(await readSetting(tx, "billing.runwayHours", tree.customer)).toBe(48);
      expect(await tx.sql`select 1 from setting_value`).toHaveLength(0);
    });
  });

  it("takes its newest state, in whatever order the states come", async () => {
    await told(tree.customer, "billing.graceHours", 7, { version: "1000003" });
    await told(tree.customer, "billing.graceHours", 5, { version: "1000002" });
    expect(await grace(tree.customer)).toBe(7);
  });

  it("falls back to its default where its rule has become narrower than what is written", async () => {
    await told(tree.customer, "billing.graceHours", 100_000);
    expect(await grace(tree.customer)).toBe(24);
  });
});

describe("a secret setting", () => {
  const url = "smtps://user:word@mail.example:465";
  const write = (ring: SettingKeys) => {
    const { sealed, keyId } = ring.seal(url, tree.operator, "mail.smtpUrl");
    return told(tree.operator, "mail.smtpUrl", null, { sealed, keyId });
  };
  const read = (ring: SettingKeys) => system((tx) => readSecret(tx, ring, "mail.smtpUrl", null));

  it("lies sealed and opens for who has the key, for its own organisation and setting alone", async () => {
    await write(keys);
    const [row] = await system((tx) => tx.sql`select s::text as text from setting_value s`);
    expect(String(row?.["text"])).not.toContain("word");
    expect(await read(keys)).toBe(url);
    await expect(read(new SettingKeys(["another key"]))).rejects.toThrow(/this process has not/);
    const sealed = keys.seal(url, tree.operator, "mail.smtpUrl");
    expect(() => keys.open(sealed, tree.reseller, "mail.smtpUrl")).toThrow();
    expect(await system((tx) => readSecret(tx, keys, "mail.smtpUrl", tree.customer))).toBe(url);
  });

  it("is null where nothing is written, and the environment's where that has one", async () => {
    expect(await read(keys)).toBeNull();
    vi.stubEnv("SMTP_URL", "smtp://elsewhere.example:25");
    expect(await read(keys)).toBe("smtp://elsewhere.example:25");
  });

  it("changes its key: the previous one opens until all is sealed anew, then nobody needs it", async () => {
    await write(keys);
    const rotated = SettingKeys.of(TEST_SECRET, { SETTINGS_KEY: "a new key of at least thirty-two characters" });
    expect(await read(rotated)).toBe(url);
    const onlyNew = new SettingKeys(["a new key of at least thirty-two characters"]);
    await expect(read(onlyNew)).rejects.toThrow(/this process has not/);
    await resealSettings(example.subgraph.database, rotated, quiet);
    expect(await read(onlyNew)).toBe(url);
    await expect(resealSettings(example.subgraph.database, keys, quiet)).rejects.toThrow(/this process has not/);
  });
});

describe("the time zones of books", () => {
  it("have the names of today as well, and are known to Node and to PostgreSQL", async () => {
    expect(TIME_ZONES).toEqual(expect.arrayContaining(["UTC", "Africa/Johannesburg", "Asia/Kolkata", "Asia/Calcutta"]));
    for (const timeZone of TIME_ZONES) expect(() => new Intl.DateTimeFormat("en", { timeZone })).not.toThrow();
    const known = await system(
      (tx) => tx.sql<{ name: string }[]>`
      select name from pg_timezone_names where name = any(${[...TIME_ZONES]}::text[])`,
    );
    expect(known.map(({ name }) => name).toSorted()).toEqual([...TIME_ZONES].toSorted());
  });
});

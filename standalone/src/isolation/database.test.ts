import { databaseAddresses } from "@tollgate/kit";
import { TEST_SECRET } from "@tollgate/kit/testing";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import type { Table } from "./catalogue.js";
import { foreignTo, isInEstate, type Organisation, organisations, tree } from "./tree.js";
import { World } from "./world.js";

let world: World;
beforeAll(async () => {
  world = await World.full(inject("postgresUrl"));
});
afterAll(() => world.stop());

type Login = postgres.Sql;
type Transaction = postgres.TransactionSql;

class Undone extends Error {}

/** Runs something as somebody of an organisation and undoes it. */
const inside = async (login: Login, organisation: Organisation | null, work: (tx: Transaction) => Promise<void>) => {
  const undone = login.begin(async (tx) => {
    if (organisation) await tx`select from enter(${organisation.id}, null, null)`;
    await work(tx);
    throw new Undone();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
};

/** How many rows a statement got, or the SQLSTATE that it was refused with. */
const attempt = async (tx: Transaction, statement: string, values: string[] = []): Promise<number | string> => {
  try {
    return await tx.savepoint(async (save) => (await save.unsafe(statement, values)).count);
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    throw error;
  }
};

const isRefused = (outcome: number | string): boolean => outcome === 0 || typeof outcome === "string";
const nameOf = ({ schema, name }: Table) => `"${schema}"."${name}"`;

describe.each([...SUBGRAPH_NAMES])("the login role of %s", (schema) => {
  let login: Login;
  let tables: Table[];
  beforeAll(() => {
    const { login: url } = databaseAddresses(schema, world.url, null, TEST_SECRET);
    login = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
    tables = world.tables.filter(
      (table) => table.schema === schema && table.hasOrganisation && table.name !== "tenancy",
    );
  });
  afterAll(() => login.end({ timeout: 5 }));

  it("sees, changes and takes away nothing where no organisation was entered", { timeout: 60_000 }, async () => {
    await inside(login, null, async (tx) => {
      for (const table of tables) {
        expect(await attempt(tx, `select from ${nameOf(table)}`), table.key).toBe(0);
        const change = `update ${nameOf(table)} set organisation_id = organisation_id`;
        expect(isRefused(await attempt(tx, change)), change).toBe(true);
        const removal = `delete from ${nameOf(table)}`;
        expect(isRefused(await attempt(tx, removal)), removal).toBe(true);
        expect(await attempt(tx, `truncate ${nameOf(table)} cascade`), table.key).toBe("42501");
      }
    });
  });

  it.each(organisations)("sees of the $name its estate and nothing else", { timeout: 60_000 }, async (organisation) => {
    await inside(login, organisation, async (tx) => {
      for (const table of tables) {
        const rows = await tx.unsafe<{ id: string }[]>(`select distinct organisation_id as id from ${nameOf(table)}`);
        const seen = organisations.filter((one) => rows.some((row) => row.id === one.id)).map((one) => one.name);
        const visible = organisations.filter(
          (one) => isInEstate(organisation, one) || (table.isInherited && isInEstate(one, organisation)),
        );
        // Of what is hidden from people there may be rows; nobody who has entered sees any of it.
        expect({ table: table.key, seen }).toEqual({
          table: table.key,
          seen: table.isHidden ? [] : visible.map((one) => one.name),
        });
      }
    });
  });

  it.each([tree.customer, tree.reseller])(
    "changes as the $name nothing of others, and gives them nothing",
    { timeout: 60_000 },
    async (organisation) => {
      const others = `{${foreignTo(organisation).map((one) => one.id)}}`;
      const [stranger = ""] = foreignTo(organisation).map((one) => one.id);
      await inside(login, organisation, async (tx) => {
        for (const table of tables) {
          const name = nameOf(table);
          const mine = `update ${name} set organisation_id = organisation_id where organisation_id = any($1::uuid[])`;
          expect(isRefused(await attempt(tx, mine, [others])), mine).toBe(true);
          const removal = `delete from ${name} where organisation_id = any($1::uuid[])`;
          expect(isRefused(await attempt(tx, removal, [others])), removal).toBe(true);
          const given = `update ${name} set organisation_id = $1`;
          expect(isRefused(await attempt(tx, given, [stranger])), given).toBe(true);
          if (table.takesAll) continue;
          const added = `insert into ${name} select (jsonb_populate_record(t, $1::text::jsonb)).* from ${name} t limit 1`;
          expect(isRefused(await attempt(tx, added, [JSON.stringify({ organisation_id: stranger })])), added).toBe(
            true,
          );
        }
      });
    },
  );

  it("sees of a narrower organisation that one alone, and cannot narrow to another's", async () => {
    const { reseller, customer, otherCustomer } = tree;
    await login.begin(async (tx) => {
      await tx`select from enter(${reseller.id}, ${customer.id}, null)`;
      for (const table of tables.filter(({ isInherited, isHidden }) => !isInherited && !isHidden)) {
        const rows = await tx.unsafe<{ id: string }[]>(`select distinct organisation_id as id from ${nameOf(table)}`);
        expect(
          rows.map((row) => row.id),
          table.key,
        ).toEqual([customer.id]);
      }
    });
    const elsewhere = login.begin((tx) => tx`select from enter(${reseller.id}, ${otherCustomer.id}, null)`);
    await expect(elsewhere).rejects.toMatchObject({ code: "TG002" });
  });
});

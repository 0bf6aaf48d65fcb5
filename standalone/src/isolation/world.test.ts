import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { isPlanted } from "./planting.js";
import { organisations } from "./tree.js";
import { World } from "./world.js";

let world: World;
beforeAll(async () => {
  world = await World.full(inject("postgresUrl"));
});
afterAll(() => world.stop());

it("has a row of every organisation in every table that belongs to organisations", async () => {
  const planted = world.tables.filter(isPlanted);
  expect(planted.length).toBeGreaterThan(35);
  for (const { schema, name, key } of planted) {
    const rows = await world.sql<{ id: string }[]>`
      select distinct organisation_id as id from ${world.sql(schema)}.${world.sql(name)}`;
    expect(rows.map((row) => row.id).sort(), key).toEqual(organisations.map((one) => one.id).sort());
  }
});

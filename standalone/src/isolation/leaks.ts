import type { Table } from "./catalogue.js";
import { foreignTo, idOf, isInEstate, type Organisation } from "./tree.js";
import { canaryNumber, entityOf } from "./values.js";

/** Finds in what an estate is told whatever belongs to others. */
export class LeakDetector {
  private readonly secrets: readonly { text: string; of: string }[];
  private readonly mayRead: readonly RegExp[];

  constructor(tables: readonly Table[], estate: Organisation) {
    const foreign = foreignTo(estate);
    const above = foreign.filter((one) => isInEstate(one, estate));
    const inherited = tables.filter((table) => table.isInherited).map((table) => table.name);
    this.secrets = foreign.flatMap((one) => [
      { text: one.canary, of: one.name },
      { text: one.canary.toLowerCase(), of: one.name },
      { text: canaryNumber(one).toString(), of: `a sum of ${one.name}` },
      { text: `+278200${one.index}`, of: `a phone of ${one.name}` },
      { text: `192.0.2.${one.index + 10}"`, of: `an address of ${one.name}` },
      { text: one.id, of: `the id of ${one.name}` },
      ...idsOf(tables, one)
        .filter(({ table }) => !(above.includes(one) && inherited.includes(table)))
        .map(({ id, table }) => ({ text: id, of: `the ${table} of ${one.name}` })),
    ]);
    // What those above let those below read.
    this.mayRead = above.flatMap((one) => inherited.map((table) => new RegExp(`${one.canary} ${table} \\w+`, "g")));
  }

  /** @param asked ids that were in the question: those may be in the answer. */
  leaksIn(text: string, asked: readonly string[]): string[] {
    let rest = text + hiddenIn(text);
    for (const id of asked) rest = rest.replaceAll(id, "");
    for (const readable of this.mayRead) rest = rest.replace(readable, "");
    return this.secrets.filter((secret) => rest.includes(secret.text)).map((secret) => secret.of);
  }
}

/** What cursors and other texts in base64 say. */
const hiddenIn = (text: string): string =>
  [...text.matchAll(/"([\w+/=-]{16,})"/g)].map((match) => Buffer.from(match[1] ?? "", "base64").toString()).join(" ");

/** Ids of all rows of an organisation, with whatever its uuid columns hold beside. */
export const idsOf = (tables: readonly Table[], organisation: Organisation): { table: string; id: string }[] => {
  const names = tables.flatMap((table) => [
    table.name,
    ...table.columns
      .filter(({ type, name }) => type === "uuid" && entityOf(tables, table.schema, name) === null)
      .map(({ name }) => `${table.key}.${name}`),
  ]);
  return [...new Set(names)].map((table) => ({ table, id: idOf(organisation, table) }));
};

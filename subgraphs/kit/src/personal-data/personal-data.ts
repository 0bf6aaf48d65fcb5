import type { Tx } from "../database/database.js";
import {
  isPersonal,
  KIT_DECLARATIONS,
  type PersonalTable,
  type Replacements,
  type TableDeclarations,
} from "./tables.js";

/** Whose data is meant. The e-mail finds what was kept before there was an id: failed sign-ins, invitations. */
export interface Person {
  userId: string;
  email: string | null;
}

/** One row of an archive: its JSON as the database wrote it, so that no number loses digits. */
export interface ArchivedRow {
  table: string;
  json: string;
}

/** What the declarations cannot say. */
export interface PersonalDataExtras {
  /** Run after the tables. @returns how many rows it changed. */
  erasePerson?: (tx: Tx, person: Person) => Promise<number>;
  eraseOrganisation?: (tx: Tx, organisationId: string) => Promise<number>;
}

const ROWS_AT_A_TIME = 500;

/** The personal data of one subgraph: what it keeps of a person, and how that goes. Statements need a system caller. */
export class PersonalData {
  readonly tables: TableDeclarations;

  constructor(
    own: TableDeclarations,
    private readonly extras: PersonalDataExtras = {},
  ) {
    this.tables = { ...KIT_DECLARATIONS, ...own };
  }

  /** Everything that is kept of a person, table by table, without secrets. Nothing else may be asked of `tx` meanwhile. */
  async *export(tx: Tx, person: Person): AsyncGenerator<ArchivedRow> {
    for (const [table, declaration] of this.personal()) {
      const condition = rowsOf(declaration);
      if (condition === null) continue;
      const query = tx.sql.unsafe<{ json: string }[]>(
        `select (to_jsonb(t) - ${listed(declaration.secret)})::text as json from "${table}" t where ${condition}`,
        [person.userId, person.email],
      );
      for await (const rows of query.cursor(ROWS_AT_A_TIME)) {
        for (const { json } of rows) yield { table, json };
      }
    }
  }

  /** Takes the person out of every table, for good. Once more changes nothing further. @returns rows that it touched. */
  async erase(tx: Tx, person: Person): Promise<number> {
    let touched = 0;
    for (const [table, declaration] of this.personal()) {
      const condition = rowsOf(declaration);
      if (condition === null || declaration.erase === "KEEP") continue;
      touched += await change(tx, table, declaration.erase, condition, [person.userId, person.email]);
    }
    touched += (await this.extras.erasePerson?.(tx, person)) ?? 0;
    return touched + (await forgetEvents(tx, person.userId));
  }

  /** Of these tables alone, by whoever may write them: what must be gone at once. */
  async eraseFrom(tx: Tx, person: Person, names: readonly string[]): Promise<void> {
    for (const [table, declaration] of this.personal()) {
      const condition = rowsOf(declaration);
      if (!names.includes(table) || condition === null || declaration.erase === "KEEP") continue;
      await change(tx, table, declaration.erase, condition, [person.userId, person.email]);
    }
  }

  /** What an organisation keeps of others goes: its contacts, and what was written to them. */
  async eraseOrganisation(tx: Tx, organisationId: string): Promise<number> {
    let touched = 0;
    for (const [table, { eraseOrganisation }] of this.personal()) {
      if (!eraseOrganisation) continue;
      const condition = `t.organisation_id = $1::uuid and ${BOTH_NAMED}`;
      touched += await change(tx, table, eraseOrganisation, condition, [organisationId, null]);
    }
    return touched + ((await this.extras.eraseOrganisation?.(tx, organisationId)) ?? 0);
  }

  private personal(): [string, PersonalTable][] {
    return Object.entries(this.tables).flatMap(([name, table]) => (isPersonal(table) ? [[name, table]] : []));
  }
}

/** Of whose rows `$1` (id) and `$2` (e-mail) are; null where no row is anybody's. */
const rowsOf = ({ by = [], byText = [], byEmail = [], where }: PersonalTable): string | null => {
  const conditions = [
    ...by.map((column) => `t."${column}" = $1::uuid`),
    ...byText.map((column) => `t."${column}" = $1::text`),
    ...byEmail.map((column) => `lower(t."${column}") = lower($2::text)`),
    ...(where === undefined ? [] : [`(${where})`]),
  ];
  if (conditions.length === 0) return null;
  return `(${conditions.join(" or ")}) and ${BOTH_NAMED}`;
};

/** Always true; names the parameters, so that each statement has both whichever it needs. */
const BOTH_NAMED = "($1::text is not null or $2::text is null)";

/** Names of columns are ours, so nothing in them needs escaping. */
const listed = (columns: readonly string[] = []): string =>
  `array[${columns.map((column) => `'${column}'`).join(", ")}]::text[]`;

const change = async (
  tx: Tx,
  table: string,
  what: "DELETE" | Replacements,
  condition: string,
  parameters: (string | null)[],
): Promise<number> => {
  const statement =
    what === "DELETE"
      ? `delete from "${table}" t where ${condition}`
      : `update "${table}" t set ${Object.entries(what)
          .map(([column, value]) => `"${column}" = ${value}`)
          .join(", ")} where ${condition}`;
  const { count } = await tx.sql.unsafe(statement, parameters);
  return count;
};

/** Delivered events that name the person: nobody needs them any more but streams, whose cursors may skip them. */
const forgetEvents = async (tx: Tx, userId: string): Promise<number> => {
  const { count } = await tx.sql`
    delete from outbox where delivered_at is not null
       and (topic is null or topic like ${`%${userId}%`}) and payload::text like ${`%${userId}%`}`;
  return count;
};

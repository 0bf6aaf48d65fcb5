/**
 * What each table of a subgraph holds of people. Every table is declared, those without anything personal as well, so
 * that a new one cannot be forgotten by archives and erasure (`checkPersonalData` compares with the catalogue).
 */

/** By column, the SQL that an erased row has there instead: `null`, a literal, or an expression over the row. */
export type Replacements = Readonly<Record<string, string>>;

/** A table with nothing personal in it; why, in words. */
export interface ImpersonalTable {
  none: string;
}

export interface PersonalTable {
  /** Columns with a person's id: the row is of whoever stands in one of them. */
  by?: readonly string[];
  /** The same where the column is a text, because it also has others than people. */
  byText?: readonly string[];
  /** Columns with a person's e-mail, compared without case. */
  byEmail?: readonly string[];
  /** SQL condition over the row for what neither finds: `$1` is the person's id, `$2` the e-mail. */
  where?: string;
  /** Hashes, secrets and sealed columns: left out of archives. */
  secret?: readonly string[];
  /** What becomes of a person's rows. KEEP: only ids that lead to a pseudonym are in it, or the law wants it kept. */
  erase: "DELETE" | "KEEP" | Replacements;
  /** What becomes of the rows of an organisation that is erased; its people are erased one by one besides. */
  eraseOrganisation?: "DELETE" | Replacements;
  /** Columns that sound personal and stay: why, by column. */
  keeps?: Readonly<Record<string, string>>;
}

export type TableDeclarations = Readonly<Record<string, ImpersonalTable | PersonalTable>>;

export const isPersonal = (table: ImpersonalTable | PersonalTable): table is PersonalTable => !("none" in table);

/** Name of an erased person, from the column with the id: the same in every subgraph. */
export const pseudonymName = (column: string): string => `'Erased person ' || upper(right(${column}::text, 6))`;

/** E-mail of an erased person: nobody can get mail there (RFC 2606). */
export const pseudonymEmail = (column: string): string => `'erased-' || ${column}::text || '@erased.invalid'`;

/** The same as the two above, for events. */
export const pseudonymOf = (userId: string): { displayName: string; email: string } => ({
  displayName: `Erased person ${userId.slice(-6).toUpperCase()}`,
  email: `erased-${userId}@erased.invalid`,
});

/** The kit's own tables, in every subgraph. */
export const KIT_DECLARATIONS: TableDeclarations = {
  tenancy: { none: "places in the tree" },
  outbox: {
    erase: "KEEP",
    keeps: {
      payload: "events that name an erased person are removed once delivered; the others after seven days",
      sealed: "erased on delivery",
      type: "the kind of an event",
    },
  },
  setting_value: { by: ["changed_by"], secret: ["sealed", "key_id"], erase: "KEEP" },
  outbox_aggregate: { none: "ids and versions" },
  outbox_lease: { none: "who delivers which part of the outbox" },
  inbox: { none: "ids of events" },
};

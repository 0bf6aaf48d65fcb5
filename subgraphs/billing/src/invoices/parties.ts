import { readSettings, type Tx, writtenSettings } from "@tollgate/kit";
import { namesOf } from "../names/names.js";
import type { DocumentParty } from "../pdf/document-model.js";
import type { Party } from "./invoice.schema.js";

const KEYS = [
  "billing.legalName",
  "billing.address",
  "billing.taxNumber",
  "billing.registrationNumber",
  "billing.bankDetails",
] as const;

type Details = Readonly<Record<(typeof KEYS)[number], string>>;

/** What stands for a name that was not told yet: a document names both of its sides all the same. */
const unnamed = (organisationId: string): string => `Organisation ${organisationId.slice(0, 8)}`;

const NONE: Details = {
  "billing.legalName": "",
  "billing.address": "",
  "billing.taxNumber": "",
  "billing.registrationNumber": "",
  "billing.bankDetails": "",
};

const partyOf = (organisationId: string, details: Details, names: ReadonlyMap<string, string>): Party => ({
  name: details["billing.legalName"].trim() || names.get(organisationId) || unnamed(organisationId),
  address: details["billing.address"],
  taxNumber: details["billing.taxNumber"],
  registrationNumber: details["billing.registrationNumber"],
  bankDetails: details["billing.bankDetails"],
});

/** What each organisation wrote for itself. */
const ownDetails = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Details>> => {
  const written = await writtenSettings(tx, KEYS, ids);
  const own = written.filter(
    ({ organisationId, writtenAt, value }) => writtenAt === organisationId && typeof value === "string",
  );
  const byOrganisation = Map.groupBy(own, (row) => row.organisationId);
  const detailsOf = (id: string): Details => {
    const rows = byOrganisation.get(id) ?? [];
    return { ...NONE, ...Object.fromEntries(rows.map(({ key, value }) => [key, value as string])) }; // texts, see above
  };
  return new Map(ids.map((id) => [id, detailsOf(id)]));
};

const isTop = async (tx: Tx, organisationId: string): Promise<boolean> => {
  const [row] = await tx.sql<{ is_top: boolean }[]>`
    select parent_id is null as is_top from tenancy where organisation_id = ${organisationId}`;
  return row?.is_top ?? false;
};

/** Both sides of a document. */
export interface Parties {
  issuer: Party;
  customer: Party;
}

/**
 * Both sides of documents of one issuer as they stand now, by their legal names, else by what they are called: an
 * organisation's details are its own, never those of one above. Four statements, however many there are.
 * @returns by customer.
 */
export const partiesOfEach = async (
  tx: Tx,
  issuerId: string,
  organisationIds: readonly string[],
): Promise<Map<string, Parties>> => {
  const ids = [...new Set([issuerId, ...organisationIds])];
  const names = await namesOf(tx, ids);
  const own = await ownDetails(tx, ids);
  // Of the organisation at the top what the process or the default says counts as well; nobody else has the operator's name.
  const details = (await isTop(tx, issuerId)) ? await readSettings(tx, KEYS, issuerId) : own.get(issuerId);
  const issuer = partyOf(issuerId, details ?? NONE, names);
  return new Map(organisationIds.map((id) => [id, { issuer, customer: partyOf(id, own.get(id) ?? NONE, names) }]));
};

/** Both sides of one document; see `partiesOfEach`. */
export const partiesOf = async (tx: Tx, issuerId: string, organisationId: string): Promise<Parties> => {
  const parties = (await partiesOfEach(tx, issuerId, [organisationId])).get(organisationId);
  if (!parties) throw new Error("a document has no sides");
  return parties;
};

/** A side as it is written on a document. */
export const shownParty = (title: string, party: Party): DocumentParty => ({
  title,
  name: party.name,
  lines: [
    ...party.address.split(",").map((line) => line.trim()),
    party.taxNumber && `VAT no. ${party.taxNumber}`,
    party.registrationNumber && `Reg. no. ${party.registrationNumber}`,
  ].filter((line) => line !== ""),
});

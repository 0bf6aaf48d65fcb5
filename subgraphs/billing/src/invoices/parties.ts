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

/** Of the organisation at the top what the process or the default says counts as well; nobody else has the operator's name. */
const detailsOf = async (tx: Tx, organisationId: string, isTop: boolean): Promise<Details> => {
  if (isTop) return readSettings(tx, KEYS, organisationId);
  const written = await writtenSettings(tx, KEYS, [organisationId]);
  const own = written.filter(({ writtenAt, value }) => writtenAt === organisationId && typeof value === "string");
  return { ...NONE, ...Object.fromEntries(own.map(({ key, value }) => [key, value as string])) };
};

/** Both sides of a document as they stand now, by their legal names, else by what they are called: an organisation's details are its own, never those of one above. */
export const partiesOf = async (
  tx: Tx,
  issuerId: string,
  organisationId: string,
): Promise<{ issuer: Party; customer: Party }> => {
  const [top] = await tx.sql<{ is_top: boolean }[]>`
    select parent_id is null as is_top from tenancy where organisation_id = ${issuerId}`;
  const names = await namesOf(tx, [issuerId, organisationId]);
  return {
    issuer: partyOf(issuerId, await detailsOf(tx, issuerId, top?.is_top ?? false), names),
    customer: partyOf(organisationId, await detailsOf(tx, organisationId, false), names),
  };
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

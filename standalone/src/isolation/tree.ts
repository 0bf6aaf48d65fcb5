import { createHash } from "node:crypto";
import type { OrganisationKind } from "@tollgate/kit/protocol";

export type OrganisationName = "operator" | "reseller" | "customer" | "sibling" | "otherReseller" | "otherCustomer";

/** One organisation of the world that the isolation law is tried in. Everything that belongs to it bears its canary. */
export interface Organisation {
  name: OrganisationName;
  id: string;
  kind: OrganisationKind;
  parent: Organisation | null;
  path: string;
  depth: number;
  /** Its place among the six, for numbers and addresses of its own. */
  index: number;
  /** A word that nothing of anybody else contains. */
  canary: string;
}

/** An id that is the same in every run. The row of `what` that an organisation has bears it wherever it is referred to. */
export const idOf = (organisation: Pick<Organisation, "name">, what: string): string => {
  const hex = createHash("sha256").update(`${organisation.name}/${what}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const add = (name: OrganisationName, parent: Organisation | null, kind: OrganisationKind, index: number) => {
  const id = idOf({ name }, "organisation");
  const path = `${parent?.path ?? "/"}${id}/`;
  return { name, id, kind, parent, path, depth: (parent?.depth ?? -1) + 1, index, canary: `canary-${name}` };
};

const operator: Organisation = add("operator", null, "INTERNAL", 0);
const reseller: Organisation = add("reseller", operator, "RESELLER", 1);
const customer: Organisation = add("customer", reseller, "CUSTOMER", 2);
const sibling: Organisation = add("sibling", reseller, "CUSTOMER", 3);
const otherReseller: Organisation = add("otherReseller", operator, "RESELLER", 4);
const otherCustomer: Organisation = add("otherCustomer", otherReseller, "CUSTOMER", 5);

/** An operator, two resellers, two customers of the one and one of the other. */
export const tree = { operator, reseller, customer, sibling, otherReseller, otherCustomer };
export const organisations: readonly Organisation[] = Object.values(tree);

export const isInEstate = (estate: Organisation, one: Organisation): boolean => one.path.startsWith(estate.path);

/** All that are neither the organisation nor below it. */
export const foreignTo = (estate: Organisation): Organisation[] =>
  organisations.filter((one) => !isInEstate(estate, one));

/** Ids that nobody has: what a foreign id has to look like. */
export const unknownId = (what: string): string => idOf({ name: "nobody" as OrganisationName }, what); // no organisation of the tree, on purpose

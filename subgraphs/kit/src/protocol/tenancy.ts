import type { OrganisationKind } from "./caller.js";

export type OrganisationStatus = "ACTIVE" | "SUSPENDED" | "CLOSED";

/** State of one organisation in the tree; applied where it is newer, so order and repetition are harmless. */
export interface TenancyChange {
  organisationId: string;
  parentId: string | null;
  /** `/root/…/self/` of ids. */
  path: string;
  kind: OrganisationKind;
  /** Effective: SUSPENDED also when an ancestor is. */
  status: OrganisationStatus;
  /** Version of the tree at the change (decimal); grows with every change of any organisation. */
  version: string;
}

/** Where a subgraph pulls the tree from: organisations. */
export interface TenancySource {
  /** Changes after a version of the tree, oldest first; "0" is everything. */
  changes(after: string): Promise<readonly TenancyChange[]>;
}

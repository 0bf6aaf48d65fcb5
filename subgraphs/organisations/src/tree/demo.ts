import type { Subgraph } from "@tollgate/kit";

/** The operator of every demo: its id never changes, so that the demo can be told from anything real. */
export const DEMO_OPERATOR = "01990000-0000-7000-8001-000000000001";

/** Whether the demo's people, whose password everybody knows, are in this database. */
export const holdsDemo = async ({ database }: Subgraph): Promise<boolean> => {
  const [row] = await database.system(
    "demo",
    (tx) => tx.sql`select 1 from tenancy where organisation_id = ${DEMO_OPERATOR}`,
  );
  return row !== undefined;
};

/** Why a production start ends where it holds the demo. */
export const DEMO_REFUSED =
  "This database holds the demo's people, whose password is public; point DATABASE_URL at another one.";

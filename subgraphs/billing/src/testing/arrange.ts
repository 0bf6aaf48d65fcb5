import { randomUUID } from "node:crypto";
import { Database, newEventId, type Subgraph, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, VmChange } from "@tollgate/kit/protocol";
import type { Credit } from "../ledger/ledger.js";
import { creditWallet } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { BYTES_PER_GB } from "../prices/cost.js";
import type { NewPriceList } from "../prices/prices.js";

/** A transaction that sees everything. */
export const system = <T>(subgraph: Subgraph, work: (tx: Tx) => Promise<T>): Promise<T> =>
  subgraph.database.system("tests", work);

export const creditOf = (organisationId: string, minorUnits: bigint, rest: Partial<Credit> = {}): Credit => ({
  organisationId,
  currency: "ZAR",
  minorUnits,
  description: "Transfer",
  at: new Date("2026-01-15T10:00:00Z"),
  idempotencyKey: randomUUID(),
  ...rest,
});

/** Credits the organisation's wallet. */
export const credit = (subgraph: Subgraph, organisationId: string, minorUnits: bigint, rest: Partial<Credit> = {}) =>
  system(subgraph, (tx) => creditWallet(tx, creditOf(organisationId, minorUnits, rest)));

export const listOf = (organisationId: string, rest: Partial<NewPriceList> = {}): NewPriceList => ({
  id: randomUUID(),
  organisationId,
  name: "List",
  currency: "ZAR",
  markupBasisPoints: 0,
  tierAdjustmentBasisPoints: 0,
  effectiveFrom: new Date("2026-01-01T00:00:00Z"),
  rates: [],
  volumeTiers: [],
  ...rest,
});

let version = 0n;

/** A change of a machine as telemetry tells it: *small*, running, unless said otherwise. */
export const vmChanged = (
  change: Partial<VmChange> & { organisationId: string },
): DeliveredEvent & { vmId: string } => {
  version += 1n;
  const vmId = change.vmId ?? randomUUID();
  const payload: VmChange = {
    name: "web",
    state: "RUNNING",
    vcpus: 1,
    memoryBytes: 2n * BYTES_PER_GB,
    disks: [{ name: "root", sizeBytes: 25n * BYTES_PER_GB, storage: "SSD" }],
    isCharged: true,
    at: new Date(),
    ...change,
    vmId,
  };
  return {
    vmId,
    id: newEventId(),
    type: "vm.changed",
    aggregateId: vmId,
    aggregateVersion: version,
    organisationId: change.organisationId,
    occurredAt: new Date(),
    payload,
    sealed: null,
  };
};

/** Runs statements as the administrator, past grants and row-level security: what no code of ours could do. */
export const asAdministrator = async (databaseUrl: string, statements: string): Promise<void> => {
  const address = new URL(databaseUrl);
  address.searchParams.set("search_path", "billing");
  const database = new Database(address.toString(), { connections: 1, applicationName: "tests" });
  try {
    await database.system("tests", (tx) => tx.sql.unsafe(statements));
  } finally {
    await database.close();
  }
};

/** What breaks the laws of the ledger where debts stand on invoices that nobody wrote. */
export const brokenLaws = async (tx: Tx) =>
  (await verifyLedger(tx)).findings.filter(({ law }) => law !== "INVOICED_EQUALS_OPEN_INVOICES");

import { randomUUID } from "node:crypto";
import { machineDigest, newEventId, Receipts } from "@tollgate/kit";
import type {
  DeliveredEvent,
  EventPayloads,
  EventSink,
  OrderPlacement,
  ProvisioningChange,
} from "@tollgate/kit/protocol";
import { TEST_SECRET, type TestSubgraph } from "@tollgate/kit/testing";
import { GIB } from "./fixtures.js";

/** A clock that only moves when a test moves it. */
export class TestClock {
  private milliseconds: number;

  constructor(start = "2026-06-01T12:00:00Z") {
    this.milliseconds = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.milliseconds);

  forward(seconds: number): void {
    this.milliseconds += seconds * 1_000;
  }
}

let version = 0n;

/** An event as another subgraph would deliver it. */
export const eventOf = <Type extends keyof EventPayloads>(
  type: Type,
  aggregateId: string,
  payload: EventPayloads[Type] & { organisationId: string },
): DeliveredEvent => {
  version += 1n;
  const { organisationId } = payload;
  const at = new Date();
  return {
    id: newEventId(),
    type,
    aggregateId,
    aggregateVersion: version,
    organisationId,
    occurredAt: at,
    payload,
    sealed: null,
  };
};

const size: OrderPlacement["vm"] = {
  name: "web",
  image: "Debian 13",
  vcpus: 1,
  memoryBytes: 2n * GIB,
  disks: [{ name: "vda", sizeBytes: 25n * GIB, storage: "SSD" }],
};

/** `order.placed` with a receipt that proves it, unless a test says otherwise. */
export const placed = async (
  organisationId: string,
  at: Date,
  {
    vm = {},
    secret = TEST_SECRET,
    orderId = randomUUID(),
  }: { vm?: Partial<OrderPlacement["vm"]>; secret?: string; orderId?: string } = {},
): Promise<DeliveredEvent & { orderId: string }> => {
  const machine = { ...size, ...vm };
  const startBefore = new Date(at.getTime() + 300_000);
  const digest = machineDigest(machine);
  const receipt = await new Receipts(secret).sign({
    holdId: randomUUID(),
    orderId,
    organisationId,
    digest,
    startBefore,
  });
  return { ...eventOf("order.placed", orderId, { orderId, organisationId, receipt, vm: machine }), orderId };
};

export const cancelRequested = (organisationId: string, orderId: string): DeliveredEvent =>
  eventOf("provisioning.cancelRequested", orderId, { orderId, organisationId });

/** Collects what telemetry tells billing. */
export class Told implements EventSink {
  readonly name = "told";
  readonly changes: ProvisioningChange[] = [];
  readonly machines: EventPayloads["vm.changed"][] = [];

  accepts(type: string): boolean {
    return type === "provisioning.changed" || type === "vm.changed";
  }

  async receive(event: DeliveredEvent): Promise<void> {
    // The catalogue's types for these two.
    if (event.type === "vm.changed") this.machines.push(event.payload as EventPayloads["vm.changed"]);
    else this.changes.push(event.payload as ProvisioningChange);
  }

  of(orderId: string): string[] {
    return this.changes.filter((change) => change.orderId === orderId).map(({ state }) => state);
  }
}

/** What is in the tables of an order: as the system sees it. */
export const stateOf = async (telemetry: TestSubgraph, orderId: string) => {
  const rows = await telemetry.subgraph.database.system(
    "tests",
    (tx) => tx.sql<{ state: string; percent: number; vm: string | null; hypervisor: number; machines: number }[]>`
      select p.state, p.percent, (select v.state from vm v where v.id = p.vm_id) as vm,
        (select count(*)::int from vm v where v.order_id = p.order_id) as machines,
        (select count(*)::int from simulated_machine s where s.order_id = p.order_id) as hypervisor
        from provisioning p where p.order_id = ${orderId}`,
  );
  return rows[0] ?? null;
};

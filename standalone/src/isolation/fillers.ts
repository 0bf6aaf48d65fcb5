import { BUILT_IN_ROLES } from "@tollgate/organisations";
import { idOf, type Organisation } from "./tree.js";
import { canaryNumber } from "./values.js";

type Filler = (organisation: Organisation) => unknown;

const disks = [{ name: "vda", sizeBytes: 25n * 2n ** 30n, storage: "SSD" }];
const size = { vcpus: 1, memoryBytes: 2n ** 31n, disks: [{ sizeBytes: 25n * 2n ** 30n, storage: "SSD" }] };
const vmConfig: Filler = ({ canary }) => ({
  name: canary,
  templateId: "01900000-0000-7000-8000-000000000001",
  image: canary,
  vcpus: 1,
  memoryGb: 2,
  disks: [{ sizeGb: 25, storage: "SSD" }],
  bandwidthMbit: 0,
  backup: false,
  extraServices: [],
  licences: [],
});
const rate = { numerator: 15_000n, denominator: 720n };
const price: Filler = (organisation) => ({
  currency: "ZAR",
  priceListId: idOf(organisation, "price_list"),
  lines: [{ kind: "BASE", description: organisation.canary, quantity: "1", unit: "vCPU", unitPrice: 1n, amount: 1n }],
  total: canaryNumber(organisation),
  perHour: 21n,
  rate,
});
const owner = BUILT_IN_ROLES.find(({ name }) => name === "owner")?.id;

/**
 * Columns whose value does not follow from name, type and constraints: states that show the most, and JSON of a certain
 * shape. A table that cannot be filled without one fails the tests and says so.
 */
export const FILLERS: Record<string, Filler> = {
  "accounts.api_key.previous_session_id": () => null,
  "accounts.api_key.previous_hash": () => null,
  // Of a password that nobody has written down.
  "accounts.user.password_hash": () =>
    "$argon2id$v=19$m=19456,t=2,p=1$aXNvbGF0aW9uc2FsdHNhbHQ$qqZ5b0yVq7ZcW0k3Jm1mXQ2m0eJm0b1f3d5c7b9a1c0",
  "billing.customer_order.state": () => "PLACED",
  "billing.customer_order.failure_reason": () => null,
  "billing.customer_order.vm": vmConfig,
  "billing.customer_order.rate": () => rate,
  "billing.entry.kind": () => "TOP_UP",
  "billing.entry.reverses_id": () => null,
  "billing.hold.kind": () => "ORDER",
  "billing.machine.disks": () => disks,
  "billing.machine.extras": () => null,
  "billing.machine.state": () => "STOPPED",
  "billing.meter.resource": () => "VCPU",
  "billing.meter.used": () => rate,
  "billing.posting.account": () => "WALLET",
  "billing.posting.balance_before": () => 0n,
  "billing.posting.balance_after": canaryNumber,
  "billing.posting.position": () => 1n,
  "billing.price_list.effective_from": () => new Date("2026-01-01T00:00:00Z"),
  "billing.proof.content_type": () => "image/png",
  "billing.quote.vm": vmConfig,
  "billing.quote.price": price,
  "billing.rate.code": () => "",
  "billing.rate.resource": () => "VCPU",
  "billing.rate.minor_units": () => 15_000n,
  "billing.run.is_on": () => true,
  "billing.run.size": () => size,
  "billing.run.to_at": () => null,
  // One that can be proven still, and others that can be approved.
  "billing.top_up.state": ({ name }) => (name === "customer" ? "PENDING" : "AWAITING_APPROVAL"),
  "billing.top_up.provider": () => "MANUAL",
  "billing.top_up.entry_id": () => null,
  "billing.top_up.step": () => null,
  "billing.top_up.refunded": () => 0n,
  "billing.top_up.charged_back": () => 0n,
  "billing.refund.state": () => "DONE",
  "billing.refund.returned_entry_id": () => null,
  "billing.provider_event.provider": () => "STRIPE",
  "billing.provider_event.state": () => "FAILED",
  "billing.usage_record.resource": () => "VCPU",
  "billing.wallet.postings": () => 1n,
  "messaging.message.state": () => "FAILED",
  "messaging.simulated_event.kind": () => "MESSAGE",
  "messaging.whatsapp_session.driver": () => "SIMULATED",
  "messaging.whatsapp_session.failure_reason": () => null,
  "messaging.whatsapp_session.goal": () => "CONNECTED",
  "messaging.whatsapp_session.pairing_phone": () => null,
  "messaging.whatsapp_session.sealed_code": () => null,
  "messaging.whatsapp_session.status": () => "CONNECTED",
  "organisations.audit_verification.entries_checked": () => 1n,
  "organisations.audit_verification.missing_tail": () => 0n,
  "organisations.closing.ended_at": () => new Date("2026-01-01T00:00:00Z"),
  "organisations.closing.state": () => "REFUSED",
  "organisations.membership_role.role_id": () => owner,
  "organisations.organisation.depth": ({ depth }) => depth,
  "organisations.organisation.kind": ({ kind }) => kind,
  "organisations.organisation.parent_id": ({ parent }) => parent?.id ?? null,
  "organisations.organisation.status_reason": () => null,
  "telemetry.provisioning.ending": () => null,
  "telemetry.provisioning.failure_reason": () => null,
  "telemetry.provisioning.state": () => "QUEUED",
  "telemetry.vm.disks": () => disks,
  "telemetry.vm.is_host": () => false,
  "telemetry.vm.labels": ({ canary }) => [{ key: "owner", value: canary }],
  "telemetry.vm.profile": () => null,
  "telemetry.vm.state": () => "RUNNING",
  "telemetry.vm.suspended_for": () => null,
  "telemetry.vm_health.reasons": ({ canary }) => [{ kind: "CPU", points: 5, message: canary }],
};

/** Tables of which one row shows too little: a row for each of these values of a column. */
export const ROWS: Record<string, { column: string; values: readonly unknown[] }> = {
  "billing.rate": {
    column: "resource",
    values: ["VCPU", "MEMORY", "STORAGE_STANDARD", "STORAGE_SSD", "STORAGE_NVME", "BANDWIDTH", "BACKUP"],
  },
};

import { randomUUID } from "node:crypto";
import { billingSubgraph, demoPriceList, seedBilling } from "@tollgate/billing";
import { databaseAddresses, Subgraph } from "@tollgate/kit";
import { encode, type TenancyChange } from "@tollgate/kit/protocol";
import { until } from "@tollgate/kit/testing";
import { pino } from "pino";
import postgres from "postgres";

const HOUR = 3_600_000;
const START = new Date("2026-03-01T00:00:00Z");
/** Whose machines are charged by the hour, and those of them that are caught up with. */
const [ORGANISATIONS, MACHINES, CAUGHT_UP] = [3_000, 10_000, 120];

const treeOf = (operator: string, organisationIds: readonly string[]): TenancyChange[] =>
  [operator, ...organisationIds].map((organisationId, nth) => ({
    organisationId,
    parentId: nth === 0 ? null : operator,
    path: nth === 0 ? `/${operator}/` : `/${operator}/${organisationId}/`,
    kind: nth === 0 ? "INTERNAL" : "CUSTOMER",
    status: "ACTIVE",
    version: `${nth + 1}`,
  }));

/** Running machines of *small*, spread over the organisations, charged up to `START`. */
const addMachines = async (sql: postgres.Sql, organisationIds: readonly string[]): Promise<void> => {
  const owners = Array.from({ length: MACHINES }, (_, nth) => organisationIds[nth % organisationIds.length] ?? "");
  const vmIds = owners.map(() => randomUUID());
  const size = {
    vcpus: 1,
    memoryBytes: 2n * 2n ** 30n,
    disks: [{ name: "root", sizeBytes: 25n * 2n ** 30n, storage: "SSD" }],
  };
  await sql`
    insert into billing.machine (vm_id, organisation_id, name, state, vcpus, memory_bytes, disks, is_charged, version)
      select vm_id, organisation_id, 'web', 'RUNNING', 1, ${size.memoryBytes.toString()}::bigint,
          ${encode(size.disks)}::text::jsonb, true, 1
        from unnest(${vmIds}::uuid[], ${owners}::uuid[]) u(vm_id, organisation_id)`;
  await sql`
    insert into billing.run (organisation_id, vm_id, from_at, is_on, size, version)
      select organisation_id, vm_id, ${START.toISOString()}::timestamptz, true, ${encode(size)}::text::jsonb, 1
        from unnest(${vmIds}::uuid[], ${owners}::uuid[]) u(vm_id, organisation_id)`;
  await sql`
    insert into billing.metering (organisation_id, until_at)
      select id, ${START.toISOString()}::timestamptz from unnest(${[...organisationIds]}::uuid[]) u(id)`;
};

/** A database of its own with billing in it. @param clock that of its books. */
export const startBilling = async (serverUrl: string, masterSecret: string, clock: () => Date) => {
  const name = `charging_${randomUUID().slice(0, 8)}`;
  const admin = postgres(serverUrl, { max: 1 });
  await admin.unsafe(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const operator = randomUUID();
  const organisationIds = Array.from({ length: ORGANISATIONS }, () => randomUUID());
  const tree = treeOf(operator, organisationIds);
  const addresses = databaseAddresses("billing", url.toString(), null, masterSecret);
  const billing = await Subgraph.create(billingSubgraph({ clock }), {
    addresses,
    connections: 4,
    masterSecret,
    logger: pino({ level: "warn" }),
    tenancySource: { changes: async (after) => tree.filter(({ version }) => BigInt(version) > BigInt(after)) },
  });
  const sql = postgres(addresses.login, { max: 1, connection: { "tollgate.path": "/" } });
  await billing.start([billing.inbox]);
  await until(async () => (await billing.health()).every(({ ready }) => ready), 60_000);
  const at = new Date("2026-01-15T10:00:00Z");
  await seedBilling(billing, {
    priceLists: [demoPriceList(randomUUID(), operator, new Date("2026-01-01T00:00:00Z"))],
    credits: organisationIds.map((organisationId) => ({
      ...{ organisationId, currency: "ZAR", minorUnits: 10n ** 9n, description: "For the benchmark", at },
      idempotencyKey: "bench",
    })),
  });
  const stop = async () => {
    await sql.end({ timeout: 5 });
    await billing.stop();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end({ timeout: 5 });
  };
  /** As the server does by itself once there is something to be known. */
  const analyze = async () => {
    const own = postgres(url.toString(), { max: 1 });
    await own`analyze`;
    await own.end({ timeout: 5 });
  };
  return { billing, sql, organisationIds, analyze, stop };
};

/**
 * How quickly use is charged: one hour of 10,000 machines of 3,000 organisations, a week that was missed and thirty days,
 * both of 120 organisations, with a machine each hour for every third of them as well.
 * @returns lines for people.
 */
export const chargingFigures = async (serverUrl: string, masterSecret: string): Promise<string[]> => {
  let now = START;
  const { billing, sql, organisationIds, analyze, stop } = await startBilling(serverUrl, masterSecret, () => now);
  const lines: string[] = [];
  const charge = async (name: string, hours: number, organisations: number, at: Date) => {
    now = at;
    const begun = performance.now();
    await billing.runJob("charge-usage");
    const seconds = (performance.now() - begun) / 1_000;
    const rate = ((hours * organisations) / seconds).toFixed(0);
    const figures = `${seconds.toFixed(2)} s, ${rate} organisation-hours/s`;
    lines.push(`${name.padEnd(36)}${figures}`);
  };
  try {
    await addMachines(sql, organisationIds);
    await analyze();
    await charge(`an hour of ${MACHINES} machines`, 1, ORGANISATIONS, new Date(START.getTime() + HOUR));
    await charge("the hour after it", 1, ORGANISATIONS, new Date(START.getTime() + 2 * HOUR));
    // The others go on elsewhere: only these fall behind.
    const rest = organisationIds.slice(CAUGHT_UP);
    await sql`delete from billing.run where organisation_id = any(${rest}::uuid[])`;
    await charge(`a week of ${CAUGHT_UP} organisations`, 168, CAUGHT_UP, new Date(START.getTime() + 170 * HOUR));
    await charge(`30 days of ${CAUGHT_UP} organisations`, 720, CAUGHT_UP, new Date(START.getTime() + 890 * HOUR));
    await analyze();
    await charge("an hour of them, a month behind", 1, CAUGHT_UP, new Date(START.getTime() + 891 * HOUR));
  } finally {
    await stop();
  }
  return lines;
};

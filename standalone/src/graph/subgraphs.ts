import { accountsSubgraph } from "@tollgate/accounts";
import { billingSubgraph, powerFundsOf } from "@tollgate/billing";
import { type DatabaseAddresses, Subgraph, type SubgraphDefinition } from "@tollgate/kit";
import type { Logger } from "@tollgate/kit/process";
import type { PowerFunds } from "@tollgate/kit/protocol";
import { messagingSubgraph } from "@tollgate/messaging";
import { organisationsSubgraph, tenancySourceOf } from "@tollgate/organisations";
import { telemetrySubgraph } from "@tollgate/telemetry";
import { SUBGRAPH_NAMES, type SubgraphName } from "./names.js";

export interface SubgraphOptions {
  /** Null: as the settings have it. */
  smtpUrl: string | null;
  /** The same. */
  mailFrom: string | null;
  /** Whether mail may stay in the local mailbox. */
  mailbox: boolean;
  /** Whether the simulated hypervisor runs machines. */
  simulate: boolean;
  /** Whether payment providers without keys are simulated; not, when left out. */
  demoPayments?: boolean;
  sampleSeconds: number;
  hostSeconds: number;
  /** The time of billing; the computer's when left out. */
  bookClock?: () => Date;
  /** Where people reach the gateway. */
  publicUrl?: string;
  /** Where anchors and archives of the audit trail are written; nowhere when left out. */
  auditDirectory?: string | null;
  /** Who is invited where the tree is empty. */
  begins?: NonNullable<Parameters<typeof organisationsSubgraph>[0]>["begins"];
  /** Asked before machines are switched on. */
  powerFunds?: PowerFunds;
}

export interface SubgraphsRuntime {
  addresses: (name: SubgraphName) => DatabaseAddresses;
  connections: number;
  masterSecret: string;
  logger: Logger;
}

export type Subgraphs = Record<SubgraphName, Subgraph>;

/** What each subgraph is, by name. */
export const definitionsOf = (options: SubgraphOptions): Record<SubgraphName, SubgraphDefinition> => ({
  organisations: organisationsSubgraph({
    auditDirectory: options.auditDirectory ?? null,
    begins: options.begins ?? null,
    ...(options.publicUrl ? { publicUrl: options.publicUrl } : {}),
  }),
  accounts: accountsSubgraph(options.publicUrl ? { publicUrl: options.publicUrl } : {}),
  billing: billingSubgraph({
    demoPayments: options.demoPayments ?? false,
    ...(options.bookClock ? { clock: options.bookClock } : {}),
    ...(options.publicUrl ? { publicUrl: options.publicUrl } : {}),
  }),
  telemetry: telemetrySubgraph({
    sampleSeconds: options.sampleSeconds,
    hostSeconds: options.hostSeconds,
    simulate: options.simulate,
    host: true,
    ...(options.powerFunds ? { funds: options.powerFunds } : {}),
  }),
  messaging: messagingSubgraph({
    smtpUrl: options.smtpUrl,
    mailFrom: options.mailFrom,
    mailbox: options.mailbox,
    ...(options.publicUrl ? { publicUrl: options.publicUrl } : {}),
  }),
});

/** All five, in one process: made, not yet started. */
export const createSubgraphs = async (options: SubgraphOptions, runtime: SubgraphsRuntime): Promise<Subgraphs> => {
  // Telemetry is described before billing is made, and asks it much later.
  const made: { billing?: Subgraph } = {};
  const powerFunds: PowerFunds = {
    refused: async (vmIds) => (made.billing ? powerFundsOf(made.billing, options.bookClock).refused(vmIds) : vmIds),
  };
  const definitions = definitionsOf({ ...options, powerFunds });
  const { connections, masterSecret, logger } = runtime;
  const create = (name: SubgraphName, organisations: Subgraph | null) =>
    Subgraph.create(definitions[name], {
      addresses: runtime.addresses(name),
      connections,
      masterSecret,
      logger,
      tenancySource: organisations && tenancySourceOf(organisations),
    });
  const organisations = await create("organisations", null);
  const accounts = await create("accounts", organisations);
  const billing = await create("billing", organisations);
  made.billing = billing;
  const telemetry = await create("telemetry", organisations);
  const messaging = await create("messaging", organisations);
  return { organisations, accounts, billing, telemetry, messaging };
};

/** Starts organisations, then the others side by side: each brings its schema up to date before its workers run. */
export const startSubgraphs = async (subgraphs: Subgraphs): Promise<void> => {
  const all = SUBGRAPH_NAMES.map((name) => subgraphs[name]);
  const sinks = all.map((subgraph) => subgraph.inbox);
  await subgraphs.organisations.start(sinks);
  await Promise.all(all.slice(1).map((subgraph) => subgraph.start(sinks)));
};

/** In the opposite order: nobody pulls from organisations once it is gone. */
export const stopSubgraphs = async (subgraphs: Subgraphs): Promise<void> => {
  await Promise.all(SUBGRAPH_NAMES.slice(1).map((name) => subgraphs[name].stop()));
  await subgraphs.organisations.stop();
};

import type { Settings } from "../process/environment.js";
import type { SubgraphOptions } from "./subgraphs.js";

/** What the subgraphs are told of the settings of the whole. */
export const subgraphOptions = (settings: Settings, bookClock: () => Date): SubgraphOptions => ({
  publicUrl: settings.publicUrl,
  auditDirectory: settings.auditDirectory,
  begins: settings.demo ? "with the demo" : settings.operator,
  smtpUrl: settings.smtpUrl,
  mailFrom: settings.mailFrom,
  mailbox: settings.demo,
  simulate: settings.demo,
  demoPayments: settings.demo,
  sampleSeconds: settings.sampleSeconds,
  hostSeconds: settings.hostSeconds,
  bookClock,
});

import { flag, wholeNumber } from "@tollgate/kit/process";
import { z } from "zod";
import type { Rate } from "../limits/rates.js";

/** The environment variables of Tollgate's gateway, wherever it runs. */
export const gatewayVariables = {
  TRUSTED_PROXIES: z
    .string()
    .regex(/^[0-9a-f.:/]+(\s*,\s*[0-9a-f.:/]+)*$/i, "must be addresses or CIDR ranges, separated by commas")
    .optional(),
  ONLY_TRUSTED_DOCUMENTS: flag(false),
  CALLER_OPERATIONS_PER_SECOND: wholeNumber(1, 1_000_000, 100),
  ADDRESS_REQUESTS_PER_SECOND: wholeNumber(1, 1_000_000, 200),
};

/** How Tollgate's gateway treats those who ask. */
export interface GatewayPolicy {
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** Answers nothing but the operations of dashboard and partner client, except to those who may explore. */
  onlyTrustedDocuments: boolean;
  callerRate: Rate;
  addressRate: Rate;
}

export const gatewayPolicy = (values: z.infer<z.ZodObject<typeof gatewayVariables>>): GatewayPolicy => ({
  trustedProxies: values.TRUSTED_PROXIES?.split(/\s*,\s*/) ?? [],
  onlyTrustedDocuments: values.ONLY_TRUSTED_DOCUMENTS,
  callerRate: withBurst(values.CALLER_OPERATIONS_PER_SECOND),
  addressRate: withBurst(values.ADDRESS_REQUESTS_PER_SECOND),
});

/** The policy as variables, for a process that is started with it. */
export const policyVariables = (policy: GatewayPolicy): Record<keyof typeof gatewayVariables, string> => ({
  TRUSTED_PROXIES: policy.trustedProxies.join(","),
  ONLY_TRUSTED_DOCUMENTS: String(policy.onlyTrustedDocuments),
  CALLER_OPERATIONS_PER_SECOND: String(policy.callerRate.perSecond),
  ADDRESS_REQUESTS_PER_SECOND: String(policy.addressRate.perSecond),
});

/** After a pause, ten seconds' worth at once: a page asks for much when it is opened. */
function withBurst(perSecond: number): Rate {
  return { perSecond, burst: perSecond * 10 };
}

import type { JSONWebKeySet } from "jose";
import type { PowerFunds } from "../protocol/funds.js";
import {
  type ApiKeyExchange,
  type IdentitySource,
  type Revocations,
  type ShownApiKey,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
} from "../protocol/identity.js";
import { QUESTIONS } from "../protocol/processes.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";
import type { RemoteProcess } from "./remote-process.js";

/** Milliseconds after which a look at what was revoked is given up, so that the next one may find somebody. */
const REVOCATIONS_MILLISECONDS = 2_000;
/** Somebody waits for the answer. */
const API_KEYS_MILLISECONDS = 5_000;
const TREE_MILLISECONDS = 30_000;

/** What a part answers to the questions of others, by path. The other side is one of ours, as its signature proves. */
export type Answers = Readonly<Record<string, (question: unknown) => Promise<unknown>>>;

/** The tree, pulled from organisations in another process. */
export const remoteTenancy = (organisations: RemoteProcess): TenancySource => ({
  changes: async (after) =>
    (await organisations.question(QUESTIONS.tenancy, after, TREE_MILLISECONDS)) as readonly TenancyChange[], // see below
});

/** The other side of `remoteTenancy`. */
export const tenancyAnswers = (source: TenancySource): Answers => ({
  [QUESTIONS.tenancy]: (after) => source.changes(String(after)),
});

/** What accounts in another process knows of tokens. */
export const remoteIdentity = (accounts: RemoteProcess): IdentitySource => ({
  issuer: TOKEN_ISSUER,
  audience: TOKEN_AUDIENCE,
  jwks: async () => {
    const keys = await accounts.ask({ method: "GET", path: "/.well-known/jwks.json" });
    return JSON.parse(keys) as JSONWebKeySet; // jose checks each key when it reads it
  },
  revocations: async (after) =>
    (await accounts.question(QUESTIONS.revocations, after, REVOCATIONS_MILLISECONDS)) as Revocations, // see below
  exchangeApiKey: async (shown) =>
    (await accounts.question(QUESTIONS.apiKeys, shown, API_KEYS_MILLISECONDS)) as ApiKeyExchange, // see below
});

/** The other side of `remoteIdentity`, whose keys are public anyway. */
export const identityAnswers = (source: IdentitySource): Answers => ({
  [QUESTIONS.revocations]: (after) => source.revocations(after === null ? null : String(after)),
  [QUESTIONS.apiKeys]: (shown) => source.exchangeApiKey(shown as ShownApiKey), // the gateway's own words
});

/** Billing in another process, asked before machines are switched on. */
export const remotePowerFunds = (billing: RemoteProcess): PowerFunds => ({
  refused: async (vmIds) => (await billing.question(QUESTIONS.powerFunds, vmIds)) as readonly string[], // see below
});

/** The other side of `remotePowerFunds`. */
export const powerFundsAnswers = (funds: PowerFunds): Answers => ({
  [QUESTIONS.powerFunds]: (vmIds) => funds.refused(Array.isArray(vmIds) ? vmIds.map(String) : []),
});

import type { JSONWebKeySet } from "jose";
import { decode, encode } from "../protocol/codec.js";
import { type IdentitySource, type Revocations, TOKEN_AUDIENCE, TOKEN_ISSUER } from "../protocol/identity.js";
import { INTERNAL_PATHS } from "../protocol/processes.js";
import type { TenancyChange, TenancySource } from "../protocol/tenancy.js";
import type { RemoteProcess } from "./remote-process.js";

/** Milliseconds after which a look at what was revoked is given up, so that the next one may find somebody. */
const REVOCATIONS_MILLISECONDS = 2_000;

/** The tree, pulled from organisations in another process. */
export const remoteTenancy = (organisations: RemoteProcess): TenancySource => ({
  changes: async (after) => {
    const path = `${INTERNAL_PATHS.tenancy}?${new URLSearchParams({ after })}`;
    const changes = decode(await organisations.ask({ method: "GET", path, milliseconds: 30_000 }));
    return changes as readonly TenancyChange[]; // encoded from that by the other side, whose signature key it needs no check of
  },
});

/** What accounts in another process knows of tokens. */
export const remoteIdentity = (accounts: RemoteProcess): IdentitySource => ({
  issuer: TOKEN_ISSUER,
  audience: TOKEN_AUDIENCE,
  jwks: async () => {
    const keys = await accounts.ask({ method: "GET", path: "/.well-known/jwks.json" });
    return JSON.parse(keys) as JSONWebKeySet; // jose checks each key when it reads it
  },
  revocations: async (after) => {
    const path = `${INTERNAL_PATHS.revocations}${after === null ? "" : `?${new URLSearchParams({ after })}`}`;
    const text = await accounts.ask({ method: "GET", path, milliseconds: REVOCATIONS_MILLISECONDS });
    return decode(text) as Revocations; // encoded from that by the other side
  },
});

/** Revocations and the tree on their way to another process. */
export const encodeAnswer = (value: Revocations | readonly TenancyChange[]): string => encode(value);

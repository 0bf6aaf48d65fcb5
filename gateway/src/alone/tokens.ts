import type { AccessClaims } from "@tollgate/kit/protocol";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { anonymous, type Identified } from "../identity/identify.js";
import { refusal } from "../observe/errors.js";

export interface TokenIssuer {
  /** Where its public keys are. */
  jwks: string;
  issuer: string;
  audience: string;
}

/** Signatures that nobody can make who knows the public keys. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Recognises clients by tokens (JWT) of any issuer; what they may do is in `scope`, `scp` or `permissions`. */
export function recogniserOf({ jwks, issuer, audience }: TokenIssuer): (bearer: string | null) => Promise<Identified> {
  const keys = createRemoteJWKSet(new URL(jwks));
  return async (bearer) => {
    if (bearer === null) return anonymous;
    try {
      const { payload } = await jwtVerify(bearer, keys, { issuer, audience, algorithms, requiredClaims: ["exp"] });
      const claims = claimsFrom(payload);
      return { ...anonymous, claims, accessToken: bearer, until: claims.exp * 1_000 };
    } catch (error) {
      return { ...anonymous, refusal: refusalFor(error) };
    }
  };
}

function claimsFrom(payload: JWTPayload): AccessClaims {
  const { sub = "", jti, exp = 0 } = payload;
  const permissions = [payload.scope, payload.scp, payload.permissions].flatMap(texts);
  // Organisations are Tollgate's own; nothing here goes by them.
  return { sub, sid: jti ?? sub, org: "-", kind: "CUSTOMER", permissions, permissionsVersion: 0, exp };
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return value.split(" ").filter((text) => text !== "");
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

const badTokens = [
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
];

function refusalFor(error: unknown) {
  if (error instanceof errors.JWTExpired) return refusal("UNAUTHENTICATED", "The token has expired");
  if (badTokens.some((kind) => error instanceof kind)) return refusal("UNAUTHENTICATED", "The token is not valid");
  return refusal("UNAVAILABLE", "Nobody can be recognised at the moment");
}

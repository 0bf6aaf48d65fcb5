import { randomUUID } from "node:crypto";
import { type Database, type RequestOrigin, systemCaller, type Tx } from "@tollgate/kit";
import type { SessionTokens } from "@tollgate/kit/protocol";
import type { SigningKeys } from "../keys/keys.js";
import type { Refreshed, SessionGrant } from "./sessions.js";
import { type RefreshTokens, signAccessToken } from "./tokens.js";

type Refresh = (tx: Tx, token: string, tokens: RefreshTokens, now: Date) => Promise<Refreshed>;

/** Turns what a session may do into the tokens that say so. */
export class SessionTokenIssuer {
  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
    private readonly tokens: RefreshTokens,
    private readonly clock: () => Date,
  ) {}

  refresh(origin: RequestOrigin, token: string, refresh: Refresh): Promise<Refreshed> {
    return this.database.write(systemCaller("refresh", origin), (tx) => refresh(tx, token, this.tokens, this.clock()));
  }

  async issue(grant: SessionGrant): Promise<SessionTokens> {
    const claims = {
      sub: grant.userId,
      sid: grant.sessionId,
      org: grant.organisationId,
      kind: grant.organisationKind,
      permissions: grant.permissions,
      permissionsVersion: grant.permissionsVersion,
    };
    const access = await signAccessToken(this.keys, claims, randomUUID(), this.clock().getTime());
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken: grant.refreshToken,
      refreshTokenExpiresAt: grant.refreshExpiresAt,
    };
  }
}

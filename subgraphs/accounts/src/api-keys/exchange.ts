import { randomUUID } from "node:crypto";
import { audit, type Database, systemCaller, type Tx } from "@tollgate/kit";
import type { ApiKeyExchange, OrganisationKind, ShownApiKey } from "@tollgate/kit/protocol";
import type { SigningKeys } from "../keys/keys.js";
import { signAccessToken } from "../sessions/tokens.js";
import { isAllowed } from "./addresses.js";
import type { ApiKeySecrets } from "./secrets.js";

/** As long as the access token of a key lives; the edge asks for the next one after half of it. */
export const KEY_TOKEN_SECONDS = 120;
/** A refusal of one kind by one address is recorded once in this time. */
const RECORDED_MILLISECONDS = 60_000;
const REMEMBERED_REFUSALS = 2_000;

/** A key as it was found by the prefix of one of its secrets, with what bounds it now. */
interface FoundKey {
  id: string;
  organisationId: string;
  kind: OrganisationKind;
  sessionId: string;
  hash: string;
  /** Epoch milliseconds until when this secret is good, by expiry or because it was replaced. */
  until: number | null;
  isRevoked: boolean;
  allowedAddresses: string[];
  requestsPerMinute: number;
  /** Of the key and of who answers for it; empty when that person may not enter or stands elsewhere. */
  permissions: string[];
  version: number;
}

type Decided =
  | { state: "accepted"; key: FoundKey }
  | { state: "invalid"; key: FoundKey | null; why: "UNKNOWN" | "REVOKED" | "EXPIRED" | "NOBODY_ANSWERS" }
  | { state: "foreign-address"; key: FoundKey };

/** Gives access tokens for API keys, to the edge. */
export class ApiKeyDesk {
  /** When a refusal was recorded last, by key, reason and address. */
  private readonly recorded = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly secrets: ApiKeySecrets,
    private readonly keys: SigningKeys,
    private readonly clock: () => Date,
  ) {}

  async exchange(shown: ShownApiKey): Promise<ApiKeyExchange> {
    const now = this.clock();
    const prefix = this.secrets.prefixOf(shown.secret);
    if (prefix === null) return { state: "invalid" };
    const { address, userAgent, requestId } = shown;
    const origin = { address, userAgent, requestId, locale: null, deadline: null, minimumTenancyVersion: null };
    const caller = systemCaller("api-keys", { ...origin, narrowedOrganisationId: null });
    const decided = await this.database.write(caller, async (tx) => {
      const decision = this.decide(await findKey(tx, prefix), shown, now);
      if (decision.state === "accepted") await noteUse(tx, decision.key.id, address, now);
      else await this.record(tx, decision, address, now);
      return decision;
    });
    if (decided.state === "accepted") return await this.accept(decided.key, now);
    return { state: decided.state };
  }

  private decide(key: FoundKey | null, { secret, address }: ShownApiKey, now: Date): Decided {
    if (!this.secrets.matches(secret, key?.hash ?? null) || !key) return { state: "invalid", key, why: "UNKNOWN" };
    if (key.isRevoked) return { state: "invalid", key, why: "REVOKED" };
    if (key.until !== null && key.until <= now.getTime()) return { state: "invalid", key, why: "EXPIRED" };
    if (key.permissions.length === 0) return { state: "invalid", key, why: "NOBODY_ANSWERS" };
    return isAllowed(address, key.allowedAddresses) ? { state: "accepted", key } : { state: "foreign-address", key };
  }

  private async accept(key: FoundKey, now: Date): Promise<ApiKeyExchange> {
    const left = key.until === null ? KEY_TOKEN_SECONDS : Math.floor((key.until - now.getTime()) / 1000);
    const { token } = await signAccessToken(
      this.keys,
      {
        sub: key.id,
        sid: key.sessionId,
        org: key.organisationId,
        kind: key.kind,
        permissions: key.permissions,
        permissionsVersion: key.version,
        apiKey: { requestsPerMinute: key.requestsPerMinute },
      },
      randomUUID(),
      now.getTime(),
      Math.max(1, Math.min(KEY_TOKEN_SECONDS, left)),
    );
    return { state: "accepted", accessToken: token, until: key.until };
  }

  /** Refusals of keys that there are enter the trail of their organisation; whoever knocks cannot fill it. */
  private async record(tx: Tx, decided: Decided, address: string, now: Date): Promise<void> {
    const { key, state } = decided;
    if (!key) return;
    const why = "why" in decided ? decided.why : "FOREIGN_ADDRESS";
    const kind = `${key.id} ${why} ${address}`;
    if (now.getTime() - (this.recorded.get(kind) ?? 0) < RECORDED_MILLISECONDS) return;
    if (this.recorded.size >= REMEMBERED_REFUSALS) this.recorded.clear();
    this.recorded.set(kind, now.getTime());
    await audit(tx, "accounts", {
      action: "apiKey:use",
      resource: "apiKey",
      resourceId: key.id,
      organisationId: key.organisationId,
      apiKeyId: key.id,
      after: { why },
      outcome: "REFUSED",
      problem: state === "invalid" ? "UNAUTHENTICATED" : "FORBIDDEN",
    });
  }
}

/**
 * One statement, by the unique prefix. What the person who answers for the key may do is read each time, and counts only
 * while that person may enter and the key's organisation is the person's own or below it.
 */
const findKey = async (tx: Tx, prefix: string): Promise<FoundKey | null> => {
  const [found] = await tx.sql<FoundKey[]>`
    select k.id, k.organisation_id as "organisationId", t.kind, k.revoked_at is not null as "isRevoked",
           k.allowed_addresses as "allowedAddresses", k.requests_per_minute as "requestsPerMinute",
           case when k.prefix = ${prefix} then k.session_id else k.previous_session_id end as "sessionId",
           case when k.prefix = ${prefix} then k.secret_hash else k.previous_hash end as hash,
           (extract(epoch from case when k.prefix = ${prefix} then k.expires_at
                                    else least(k.expires_at, k.previous_until) end) * 1000)::float8 as until,
           k.version,
           case when u.status = 'ACTIVE' and t.status <> 'CLOSED' and home.status <> 'CLOSED'
                 and starts_with(t.path, home.path)
                then array(select p from unnest(k.permissions) p where p = any(g.permissions) order by p)
                else '{}' end as permissions
      from api_key k
      join tenancy t on t.organisation_id = k.organisation_id
      left join "grant" g on g.user_id = k.answered_by
      left join "user" u on u.id = k.answered_by
      left join tenancy home on home.organisation_id = u.organisation_id
     where k.prefix = ${prefix} or k.previous_prefix = ${prefix}`;
  return found ?? null;
};

const noteUse = async (tx: Tx, id: string, address: string, now: Date): Promise<void> => {
  await tx.sql`update api_key set last_used_at = ${now.toISOString()}, last_used_from = ${address} where id = ${id}`;
};

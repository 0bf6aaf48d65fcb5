import { InvalidInputFault, inBranch, organisationInScope, readSetting, type Tx } from "@tollgate/kit";
import { and, gte, lt, sql } from "drizzle-orm";
import { auditEntry } from "../tables.js";
import { type AuditRow, NEWEST_FIRST } from "./audit.js";
import { COMPLIANCE_RULES, type ComplianceFacts } from "./compliance-rules.js";
import { SECURITY_CONDITION } from "./security.js";

const DAY = 86_400_000;
const LONGEST_PERIOD_DAYS = 366;
const MOST_PEOPLE = 200;
const MOST_EVENTS = 100;

export interface Period {
  from: Date;
  to: Date;
}

export interface PersonActivity {
  userId: string;
  mutations: number;
  refusals: number;
  lastActiveAt: Date | null;
}

export interface ComplianceReport extends Period {
  organisationId: string;
  score: number;
  reasons: { points: number; reason: string }[];
  recommendations: string[];
  activity: PersonActivity[];
  securityEvents: AuditRow[];
  dataAccesses: number;
}

/**
 * What the trail says of an organisation and all below it in a period.
 * @throws NotFoundFault outside the caller's estate; InvalidInputFault for more than a year.
 */
export const complianceReport = async (tx: Tx, organisationId: string, period: Period): Promise<ComplianceReport> => {
  const days = (period.to.getTime() - period.from.getTime()) / DAY;
  if (days <= 0 || days > LONGEST_PERIOD_DAYS) {
    throw InvalidInputFault.of("period", "OUT_OF_RANGE", `A period has up to ${LONGEST_PERIOD_DAYS} days.`);
  }
  await organisationInScope(tx, organisationId);
  const activity = await activityOf(tx, organisationId, period);
  const facts = await factsOf(tx, organisationId, period);
  const broken = COMPLIANCE_RULES.flatMap(({ points, reason, recommendation }) => {
    const off = points(facts);
    return off > 0 ? [{ points: off, reason: reason(facts), recommendation }] : [];
  });
  return {
    organisationId,
    ...period,
    score: Math.max(0, 100 - broken.reduce((sum, { points }) => sum + points, 0)),
    reasons: broken.map(({ points, reason }) => ({ points, reason })),
    recommendations: broken.map(({ recommendation }) => recommendation),
    activity,
    securityEvents: await securityEvents(tx, organisationId, period),
    dataAccesses: facts.exports,
  };
};

const within = (organisationId: string, { from, to }: Period) =>
  and(inBranch(auditEntry.organisationId, organisationId), gte(auditEntry.at, from), lt(auditEntry.at, to));

const activityOf = async (tx: Tx, organisationId: string, period: Period): Promise<PersonActivity[]> => {
  const mutations = sql<number>`(count(*) filter (where ${auditEntry.outcome} = 'SUCCEEDED'))::int`;
  const rows = await tx.db
    .select({
      userId: sql<string>`${auditEntry.actorId}`,
      mutations,
      refusals: sql<number>`coalesce(sum(${auditEntry.occurrences}) filter (where ${auditEntry.outcome} = 'REFUSED'), 0)::int`,
      lastActiveAt: sql<string>`max(${auditEntry.at})`,
    })
    .from(auditEntry)
    .where(
      and(within(organisationId, period), sql`${auditEntry.actorKind} = 'USER' and ${auditEntry.actorId} is not null`),
    )
    .groupBy(auditEntry.actorId)
    .orderBy(sql`${mutations} desc`, auditEntry.actorId)
    .limit(MOST_PEOPLE);
  return rows.map((row) => ({ ...row, lastActiveAt: new Date(row.lastActiveAt) }));
};

const securityEvents = (tx: Tx, organisationId: string, period: Period): Promise<AuditRow[]> =>
  tx.db
    .select()
    .from(auditEntry)
    .where(and(within(organisationId, period), sql.raw(`(${SECURITY_CONDITION})`)))
    .orderBy(...NEWEST_FIRST)
    .limit(MOST_EVENTS);

/** Occurrences of what fulfils a condition. */
const times = (condition: string) =>
  sql<number>`coalesce(sum(${auditEntry.occurrences}) filter (where ${sql.raw(condition)}), 0)::int`;

const factsOf = async (tx: Tx, organisationId: string, period: Period): Promise<ComplianceFacts> => {
  const [counts] = await tx.db
    .select({
      failedSignIns: times("action = 'session:signIn' and outcome = 'REFUSED'"),
      lockOuts: times("action = 'user:lockOut'"),
      tokenReuses: times("action = 'session:reuse'"),
      foreignIds: times("problem = 'NOT_FOUND' and outcome = 'REFUSED'"),
      suspicions: times("starts_with(action, 'security:')"),
      exports: times("split_part(action, ':', 2) = 'export' and outcome = 'SUCCEEDED'"),
    })
    .from(auditEntry)
    .where(within(organisationId, period));
  if (!counts) throw new Error("an aggregate gave no row");
  return {
    ...counts,
    ...(await peopleOf(tx, organisationId, period)),
    ...(await chainOf(tx, organisationId, period)),
    secondFactorRequired: await readSetting(tx, "mfa.required", organisationId),
  };
};

const OWNER = "01900000-0000-7000-8000-000000000001";

const peopleOf = async (tx: Tx, organisationId: string, { from, to }: Period) => {
  const [row] = await tx.sql<{ owners: number; dormant: number }[]>`
    select count(*) filter (where exists (select 1 from membership_role r
             where r.membership_id = m.id and r.role_id = ${OWNER}))::int as owners,
           count(*) filter (where m.joined_at < ${from.toISOString()} and not exists (select 1 from audit_entry e
             where e.actor_id = m.user_id and e.at >= ${from.toISOString()} and e.at < ${to.toISOString()}))::int as dormant
      from membership m where m.organisation_id = ${organisationId}`;
  return { owners: row?.owners ?? 0, dormant: row?.dormant ?? 0 };
};

const chainOf = async (tx: Tx, organisationId: string, { to }: Period) => {
  const [row] = await tx.sql<{ intact: boolean | null; checkedAt: string | null }[]>`
    select intact, checked_at as "checkedAt" from audit_verification where organisation_id = ${organisationId}`;
  const checkedAt = row?.checkedAt ? new Date(row.checkedAt) : null;
  const age = checkedAt === null ? null : Math.max(0, Math.floor((to.getTime() - checkedAt.getTime()) / DAY));
  return { chainIntact: row?.intact ?? null, verifiedDaysAgo: age };
};

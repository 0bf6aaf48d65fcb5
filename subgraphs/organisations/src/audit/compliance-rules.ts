/** What a report's score follows from. */
export interface ComplianceFacts {
  failedSignIns: number;
  lockOuts: number;
  /** Refresh tokens that came twice: somebody had a copy. */
  tokenReuses: number;
  /** Accesses to what was not the asker's to see. */
  foreignIds: number;
  /** Patterns that the watch over the trail raised. */
  suspicions: number;
  exports: number;
  owners: number;
  /** Members who were there before the period and did nothing in it. */
  dormant: number;
  /** Null: never verified. */
  chainIntact: boolean | null;
  /** Days between the last verification and the end of the period; null: never verified. */
  verifiedDaysAgo: number | null;
  /** Whether everybody must sign in with a second factor. */
  secondFactorRequired: boolean;
}

export interface ComplianceRule {
  /** Taken off the score; 0 where the rule is kept. */
  points(facts: ComplianceFacts): number;
  reason(facts: ComplianceFacts): string;
  recommendation: string;
}

const capped = (points: number, most: number): number => Math.min(most, Math.max(0, Math.floor(points)));

/** In the order in which a report shows them: what matters most first. */
export const COMPLIANCE_RULES: readonly ComplianceRule[] = [
  {
    points: ({ chainIntact }) => (chainIntact === false ? 40 : 0),
    reason: () => "The audit trail's chain of hashes is broken.",
    recommendation: "Find out who changed the database past Tollgate, and compare the trail with a backup.",
  },
  {
    points: ({ chainIntact, verifiedDaysAgo: days }) => (chainIntact !== false && (days === null || days > 7) ? 5 : 0),
    reason: ({ verifiedDaysAgo: days }) =>
      days === null ? "The audit trail was never verified." : `The audit trail was last verified ${days} days before.`,
    recommendation: "Verify the audit trail at least once a week.",
  },
  {
    points: ({ tokenReuses }) => capped(tokenReuses * 10, 20),
    reason: ({ tokenReuses }) => `Copies of session tokens were used ${tokenReuses} times.`,
    recommendation: "Ask those concerned to change their passwords and to look at their devices.",
  },
  {
    points: ({ suspicions }) => capped(suspicions * 5, 20),
    reason: ({ suspicions }) => `${suspicions} suspicious patterns were found in the audit trail.`,
    recommendation: "Look at each security event and note what came of it.",
  },
  {
    points: ({ secondFactorRequired }) => (secondFactorRequired ? 0 : 10),
    reason: () => "A second factor is not required of everybody.",
    recommendation: "Require a second factor of everybody in the settings.",
  },
  {
    points: ({ lockOuts }) => capped(lockOuts * 3, 15),
    reason: ({ lockOuts }) => `Accounts were locked ${lockOuts} times after wrong passwords.`,
    recommendation: "Ask those concerned whether the attempts were theirs; if not, have them use an authenticator app.",
  },
  {
    points: ({ failedSignIns }) => capped(failedSignIns / 20, 10),
    reason: ({ failedSignIns }) => `${failedSignIns} sign-ins failed.`,
    recommendation: "Look where failed sign-ins come from.",
  },
  {
    points: ({ foreignIds }) => capped(foreignIds / 10, 10),
    reason: ({ foreignIds }) => `${foreignIds} times somebody asked for what was not theirs to see.`,
    recommendation: "Look who asked for foreign ids, and whether a program of yours does so by mistake.",
  },
  {
    points: ({ exports }) => (exports > 50 ? 5 : 0),
    reason: ({ exports }) => `Data was exported ${exports} times.`,
    recommendation: "Give audit:export and other exports to fewer people.",
  },
  {
    points: ({ owners }) => (owners === 1 ? 5 : owners > 5 ? 5 : 0),
    reason: ({ owners }) => (owners === 1 ? "There is one owner only." : `There are ${owners} owners.`),
    recommendation: "Have two to five owners: one alone may be away, and many hold more than they need.",
  },
  {
    points: ({ dormant }) => capped(dormant, 10),
    reason: ({ dormant }) => `${dormant} members did nothing in the whole period.`,
    recommendation: "Remove members who do not work with Tollgate any more.",
  },
];

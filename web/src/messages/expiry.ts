/** How much is left of something that expires. */
export interface Expiry {
  /** Whole seconds, rounded up; 0 when it is over. */
  seconds: number;
  /** What is left of its whole life, 0–1. */
  share: number;
  expired: boolean;
}

/**
 * @param expiresAt instant of the server
 * @param lifetimeSeconds its whole life; what seems longer (a clock that goes wrong) counts as just begun
 * @param now milliseconds since 1970 on the server's clock
 */
export function expiryOf(expiresAt: string, lifetimeSeconds: number, now: number): Expiry {
  const left = Math.min(lifetimeSeconds, Math.max(0, (Date.parse(expiresAt) - now) / 1000));
  return { seconds: Math.ceil(left), share: left / lifetimeSeconds, expired: left === 0 };
}

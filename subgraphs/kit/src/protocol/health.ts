/** One part of readiness, such as `database`, with a reason in words when it is not ready. */
export interface HealthCheck {
  name: string;
  ready: boolean;
  reason?: string;
}

export interface HealthReport {
  ready: boolean;
  checks: HealthCheck[];
}

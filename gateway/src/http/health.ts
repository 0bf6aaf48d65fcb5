import type { HealthReport } from "@tollgate/kit/protocol";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

/** Alive: the process answers. Ready: everything that an operation needs is there. */
export function registerHealth(app: FastifyInstance, readiness: () => Promise<HealthReport>): void {
  app.get(
    "/health/live",
    async (_request, reply) => await reply.header("cache-control", "no-store").send({ live: true }),
  );
  app.get("/health/ready", async (_request, reply) => {
    const report = await readiness();
    return await reply
      .code(report.ready ? 200 : 503)
      .header("cache-control", "no-store")
      .send(report);
  });
}

/** The report of the process together with the gateway's own checks; a report that cannot be made is not ready. */
export async function readinessOf(
  health: () => Promise<HealthReport>,
  own: HealthReport["checks"],
  logger: Logger,
): Promise<HealthReport> {
  const failed = (error: unknown): HealthReport => {
    logger.error({ err: error }, "the health of the process cannot be told");
    return { ready: false, checks: [{ name: "health", ready: false, reason: "cannot be told" }] };
  };
  const report = await health().catch(failed);
  // What of the others has to be ready is for their report to say: one part that is away need not stop all.
  return { ready: report.ready && own.every((check) => check.ready), checks: [...own, ...report.checks] };
}

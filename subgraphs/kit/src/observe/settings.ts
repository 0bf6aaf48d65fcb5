import { z } from "zod";

/** The environment variables of whatever is told to the outside, of every process. */
export const observeVariables = {
  METRICS_TOKEN: z
    .string()
    .min(16, "must have at least 16 characters")
    .regex(/^\S*$/, "must be without spaces")
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "must be an address such as http://localhost:4318" })
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: "must be a number" })
    .min(0, "must be at least 0")
    .max(1, "must be at most 1")
    .default(1),
};

export interface TracingSettings {
  /** Of a collector that takes OTLP over HTTP; null: no traces. */
  endpoint: string | null;
  /** Which part of the traces is recorded, from 0 to 1. */
  sampled: number;
}

export interface ObserveSettings {
  /** What readers of `/metrics` show; null: this computer only may read. */
  metricsToken: string | null;
  tracing: TracingSettings;
}

export const observeSettings = (values: z.infer<z.ZodObject<typeof observeVariables>>): ObserveSettings => ({
  metricsToken: values.METRICS_TOKEN ?? null,
  tracing: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null, sampled: values.OTEL_TRACES_SAMPLER_ARG },
});

/**
 * The settings as variables, for a process that is started with them.
 * @param environment where the exporter's own variable is, which nobody else reads
 */
export const observeEnvironment = (
  { metricsToken, tracing }: ObserveSettings,
  { OTEL_EXPORTER_OTLP_HEADERS }: NodeJS.ProcessEnv = process.env,
): Record<string, string> => ({
  ...(metricsToken !== null && { METRICS_TOKEN: metricsToken }),
  ...(tracing.endpoint !== null && {
    OTEL_EXPORTER_OTLP_ENDPOINT: tracing.endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(tracing.sampled),
    ...(OTEL_EXPORTER_OTLP_HEADERS && { OTEL_EXPORTER_OTLP_HEADERS }),
  }),
});

import { context, propagation } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Logger } from "../process/logger.js";
import type { Stopping } from "../process/stopping.js";
import type { TracingSettings } from "./settings.js";
import { traceWith } from "./tracing.js";

/**
 * Sends traces to a collector, where one is named; else nothing of the SDK is loaded.
 * @param name of this process, as the traces tell it.
 */
export const startTracing = async (
  name: string,
  settings: TracingSettings,
  logger: Logger,
  stopping: Stopping,
): Promise<void> => {
  if (settings.endpoint === null) return;
  const { BatchSpanProcessor } = await import("@opentelemetry/sdk-trace");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  // Its headers are read from OTEL_EXPORTER_OTLP_HEADERS by the exporter itself: what signs in at the collector is nobody else's.
  const exporter = new OTLPTraceExporter({ url: `${settings.endpoint.replace(/\/$/, "")}/v1/traces` });
  const { stop } = await collectSpans(name, settings.sampled, new BatchSpanProcessor({ exporter }));
  stopping.add("traces", stop);
  logger.info("traces are sent");
};

/** Gives all spans of this process to a processor, until `stop`. */
export const collectSpans = async (
  name: string,
  sampled: number,
  processor: SpanProcessor,
): Promise<{ stop: () => Promise<void> }> => {
  const [sdk, { AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/context-async-hooks"),
      import("@opentelemetry/core"),
      import("@opentelemetry/resources"),
    ]);
  // By the id alone, whoever asks to be recorded: all processes decide alike, and no client can decide for us.
  const ratio = new sdk.TraceIdRatioBasedSampler(sampled);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ "service.namespace": "tollgate", "service.name": name }),
    sampler: new sdk.ParentBasedSampler({ root: ratio, remoteParentSampled: ratio, remoteParentNotSampled: ratio }),
    spanProcessors: [processor],
  });
  // Where the trace is kept in mind and how it travels is set for the whole process; who records is not, so that
  // libraries that trace by themselves add nothing that nobody has looked at.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  traceWith(provider.getTracer("tollgate"));
  return {
    stop: async () => {
      traceWith(null);
      context.disable();
      propagation.disable();
      await provider.shutdown();
    },
  };
};

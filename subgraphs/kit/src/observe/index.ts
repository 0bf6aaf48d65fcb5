export { type Count, counter, type Durations, durations, scrape, WatchedGauge } from "./metrics.js";
export { METRICS_PATH, registerMetrics } from "./metrics-route.js";
export { startTracing } from "./open-telemetry.js";
export { outcomeOf } from "./outcome.js";
export {
  type ObserveSettings,
  observeEnvironment,
  observeSettings,
  observeVariables,
  type TracingSettings,
} from "./settings.js";
export {
  currentTrace,
  failedWith,
  inSpan,
  inSpanAtOnce,
  isTracing,
  type Span,
  type TraceParent,
  traceHeaders,
  traceParentOf,
  underTrace,
} from "./tracing.js";

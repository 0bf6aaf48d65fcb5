import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { collectSpans } from "../observe/open-telemetry.js";

/** A span with those that were begun within it, in the order of their beginning. */
export interface SpanTree {
  name: string;
  attributes: Readonly<Record<string, unknown>>;
  /** Ids of the traces that it names without being a part of them. */
  linkedTo: string[];
  children: SpanTree[];
}

/** All spans of this process while it is not stopped. One at a time. */
export interface SpanRecorder {
  spans: () => readonly ReadableSpan[];
  /** What was done in one trace: the spans whose parent was recorded elsewhere or nowhere, with all below them. */
  trees: (traceId: string) => SpanTree[];
  stop: () => Promise<void>;
}

export const recordSpans = async (sampled = 1): Promise<SpanRecorder> => {
  const exporter = new InMemorySpanExporter();
  const { stop } = await collectSpans("tests", sampled, new SimpleSpanProcessor({ exporter }));
  const spans = () => exporter.getFinishedSpans();
  return { spans, stop, trees: (traceId) => treesOf(spans().filter((span) => span.spanContext().traceId === traceId)) };
};

const treesOf = (spans: readonly ReadableSpan[]): SpanTree[] => {
  const inOrder = [...spans].sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  const trees = new Map(
    inOrder.map((span): [string, SpanTree] => {
      const { name, attributes, links } = span;
      const linkedTo = links.map((link) => link.context.traceId);
      return [span.spanContext().spanId, { name, attributes, linkedTo, children: [] }];
    }),
  );
  const roots: SpanTree[] = [];
  for (const span of inOrder) {
    const tree = trees.get(span.spanContext().spanId);
    if (tree) (trees.get(span.parentSpanContext?.spanId ?? "")?.children ?? roots).push(tree);
  }
  return roots;
};

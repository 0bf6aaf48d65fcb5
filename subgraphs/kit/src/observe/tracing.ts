import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";

export type { Span } from "@opentelemetry/api";

/** Where a trace goes on: the values of the W3C headers. */
export interface TraceParent {
  traceparent?: string | undefined;
  tracestate?: string | undefined;
}

export interface SpanTerms {
  /** What may be told of the work: closed sets and texts of our own; never variables, tokens, addresses or ids of people. */
  attributes?: Attributes;
  kind?: "internal" | "server" | "client" | "consumer";
  /** From elsewhere; what is under way here when left out. */
  parent?: TraceParent | null;
  /** Begins a trace of its own, with a link to another one if there is one. */
  linkedTo?: TraceParent | null;
  /** Told only where it is part of something: what polls would make traces of nothing else. */
  onlyAsPart?: boolean;
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

/** Null while nobody collects traces: then all of this costs a comparison. */
let tracer: Tracer | null = null;

/** Called by what loads the SDK. Null ends tracing. */
export const traceWith = (next: Tracer | null): void => {
  tracer = next;
};

export const isTracing = (): boolean => tracer !== null;

/**
 * Does `work` within a span, which ends when the work does and fails when it throws. The message of what is thrown may
 * have data in it: only its kind is told.
 * @param work is given the span, or null while nobody collects traces
 */
export const inSpan = <T>(name: string, terms: SpanTerms, work: (span: Span | null) => Promise<T>): Promise<T> => {
  if (!tracer || (terms.onlyAsPart && !isPartOfTrace())) return work(null);
  const { span, within } = begin(tracer, name, terms);
  return context.with(within, async () => {
    try {
      return await work(span);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
};

/** Whether somebody collects traces, and what is done here belongs to one. */
export const isPartOfTrace = (): boolean => tracer !== null && trace.getSpan(context.active()) !== undefined;

/** Does `work` as a part of a trace from elsewhere, or of none. */
export const underTrace = <T>(parent: TraceParent | null, work: () => T): T =>
  tracer ? context.with(parent ? propagation.extract(ROOT_CONTEXT, parent) : ROOT_CONTEXT, work) : work();

/** The same for work that is done at once. */
export const inSpanAtOnce = <T>(name: string, terms: SpanTerms, work: (span: Span | null) => T): T => {
  if (!tracer) return work(null);
  const { span, within } = begin(tracer, name, terms);
  try {
    return context.with(within, () => work(span));
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
};

/** A span that whoever began it ends; null while nobody collects traces. */
export const beginSpan = (name: string, attributes: Attributes, under: Context = context.active()): Span | null =>
  tracer?.startSpan(name, { attributes, kind: SpanKind.CLIENT }, under) ?? null;

/** What is under way here, for work that is begun elsewhere on its behalf. */
export const activeContext = (): Context => context.active();

/** Marks a span as failed, with the codes that clients see. */
export const failedWith = (span: Span | null, codes: readonly string[]): void => {
  if (!span || codes.length === 0) return;
  span.setAttribute("tollgate.codes", [...codes]);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

export const failed = (span: Span, error: unknown): void => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const name = error instanceof Error ? error.name : typeof error;
  span.setAttribute("error.type", typeof code === "string" ? code : name);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

/** The headers by which a trace goes on in another process; empty while there is none. */
export const traceHeaders = (): Record<string, string> => {
  const carrier: Record<string, string> = {};
  if (tracer) propagation.inject(context.active(), carrier);
  return carrier;
};

/** The parent of what is begun on behalf of a request from elsewhere; null where it names none. */
export const traceParentOf = (headers: Readonly<Record<string, unknown>> | null | undefined): TraceParent | null => {
  const { traceparent, tracestate } = headers ?? {};
  if (typeof traceparent !== "string") return null;
  return { traceparent, ...(typeof tracestate === "string" && { tracestate }) };
};

/** What is under way here, as others take it up; null while there is nothing. */
export const currentTrace = (): TraceParent | null => (tracer ? traceParentOf(traceHeaders()) : null);

const begin = (
  by: Tracer,
  name: string,
  { attributes, kind = "internal", parent, linkedTo }: SpanTerms,
): { span: Span; within: Context } => {
  const under = parent ? propagation.extract(ROOT_CONTEXT, parent) : context.active();
  const link = linkedTo ? trace.getSpanContext(propagation.extract(ROOT_CONTEXT, linkedTo)) : undefined;
  const links: Link[] = link ? [{ context: link }] : [];
  const root = linkedTo !== undefined && !parent;
  const span = by.startSpan(name, { ...(attributes && { attributes }), kind: KINDS[kind], links, root }, under);
  return { span, within: trace.setSpan(under, span) };
};

/** A trace as these paths show it: spans within each other, where GraphQL has a list. */
import type { DebuggingTrace, Span } from "../debugging/trace.ts";

interface SpanTree extends Span {
  readonly childSpans: readonly SpanTree[];
}

/** The same answer with its trace as a tree. */
export function withTree(answer: unknown): object {
  const { debuggingTrace, ...rest } = answer as { readonly debuggingTrace: DebuggingTrace };
  const { spans, ...trace } = debuggingTrace;
  const byParent = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const treeOf = (span: Span): SpanTree => ({ ...span, childSpans: (byParent.get(span.spanId) ?? []).map(treeOf) });
  const [rootSpan] = (byParent.get(-1) ?? []).map(treeOf);
  return { ...rest, debuggingTrace: { ...trace, rootSpan } };
}

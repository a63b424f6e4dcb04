/** A number on a page: shown as people read it, with its exact value beside it for machines and tooltips. */
import { TriangleAlert } from "lucide-react";
import { formatBytes, formatCount, formatMs, formatRate, formatShare } from "../lib/format.ts";

const FORMATS = { bytes: formatBytes, count: formatCount, rate: formatRate, ms: formatMs, share: formatShare } as const;

interface NumberProps {
  readonly field: string;
  readonly value: number | null | undefined;
  readonly as: keyof typeof FORMATS;
}

export function Figure({ field, value, as }: NumberProps) {
  const text = FORMATS[as](value);
  return (
    <span data-field={field} data-value={value ?? ""} className={value == null ? "text-text-3" : undefined}>
      {text}
    </span>
  );
}

interface Counted {
  readonly calls: number;
  readonly tcpConnections: number;
}

/** Whether it has connections and no calls. */
export function isTcp(counted: Counted | null | undefined): boolean {
  return counted != null && counted.calls === 0 && counted.tcpConnections > 0;
}

/** Calls; of what only connections end at, these. */
export function Calls({ of: counted }: { readonly of: Counted | null | undefined }) {
  if (!isTcp(counted)) return <Figure field="calls" value={counted?.calls} as="count" />;
  return (
    <span title="TCP connections">
      <Figure field="tcpConnections" value={counted?.tcpConnections} as="count" /> <span className="text-text-3">TCP</span>
    </span>
  );
}

/** A share of failed calls: red and marked when something fails, quiet when nothing does. */
export function ErrorShare({
  value,
  field = "errorShare",
}: {
  readonly value: number | null | undefined;
  readonly field?: string;
}) {
  if (value == null || value === 0) return <Figure field={field} value={value} as="share" />;
  const severe = value >= 0.01;
  return (
    <span className={`inline-flex items-center gap-1 font-medium ${severe ? "text-bad" : "text-text"}`}>
      {severe && <TriangleAlert size={13} aria-label="failing" />}
      <Figure field={field} value={value} as="share" />
    </span>
  );
}

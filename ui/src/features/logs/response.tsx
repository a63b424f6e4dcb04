import { TriangleAlert } from "lucide-react";
import { MISSING } from "../../lib/format.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";

/** Response code and flags in short; red and marked when the call failed. */
export function Response({ log }: { readonly log: Pick<MeshLog, "kept" | "code" | "flags" | "grpcStatus" | "kind"> }) {
  const { kept, code, flags, grpcStatus, kind } = log;
  const hasFailed = kept === "FAILED";
  const words = flags.map(({ short, text }) => `${short}: ${text}`).join("\n");
  return (
    <span
      className={`inline-flex items-center gap-1.5 align-middle whitespace-nowrap ${hasFailed ? "font-medium text-bad" : ""}`}
      title={words || undefined}
    >
      {hasFailed && <TriangleAlert size={13} aria-label="failed" className="shrink-0" />}
      {(code !== null || kind !== "tcp" || flags.length === 0) && <span>{code ?? (kind === "tcp" ? MISSING : "none")}</span>}
      {grpcStatus !== null && grpcStatus > 0 && <span>grpc {grpcStatus}</span>}
      {flags.map(({ short }) => (
        <span key={short} className={`rounded px-1 font-mono text-xs ${hasFailed ? "bg-bad-soft" : "bg-sunken text-text-2"}`}>
          {short}
        </span>
      ))}
    </span>
  );
}

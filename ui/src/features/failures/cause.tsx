import { TriangleAlert } from "lucide-react";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";
import { causeText } from "./group-failures.ts";

/** Code and flags in short, the sentence they stand for, and Envoy's own words for it. */
export function Cause({ failure }: { readonly failure: MeshFailure }) {
  return (
    <div className="min-w-0">
      <div>
        <CauseCode failure={failure} /> <span className="font-medium">{causeText(failure)}</span>
      </div>
      {failure.codeDetails !== "" && failure.codeDetails !== null && (
        <div className="font-mono text-xs break-all text-text-3">{failure.codeDetails}</div>
      )}
    </div>
  );
}

export function CauseCode({ failure: { code, flags } }: { readonly failure: MeshFailure }) {
  return (
    <span className="mr-1 inline-flex items-center gap-1 align-bottom font-semibold whitespace-nowrap text-bad">
      <TriangleAlert size={13} aria-label="failed" />
      {code === 0 ? "none" : code}
      {flags?.map(({ short, text }) => (
        <span key={short} title={text} className="rounded bg-bad-soft px-1 font-mono text-xs font-medium">
          {short}
        </span>
      ))}
    </span>
  );
}

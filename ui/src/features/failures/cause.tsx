import { TriangleAlert } from "lucide-react";
import type { MeshFailure, MeshFlag } from "../../lib/mesh-log-types.ts";
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
      {failure.flags?.map((flag) => (
        <Advice key={flag.short} flag={flag} />
      ))}
    </div>
  );
}

function Advice({ flag: { short, causes = [], next = [] } }: { readonly flag: MeshFlag }) {
  if (causes.length === 0) return null;
  return (
    <details className="mt-1 text-xs text-text-2">
      <summary className="cursor-pointer text-text-3">What usually causes {short}, and where to look</summary>
      <Points title="Usual causes" points={causes} />
      <Points title="Look at" points={next} />
    </details>
  );
}

function Points({ title, points }: { readonly title: string; readonly points: readonly string[] }) {
  return (
    <>
      <div className="mt-1 font-medium">{title}</div>
      <ul className="list-disc pl-4">
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </>
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

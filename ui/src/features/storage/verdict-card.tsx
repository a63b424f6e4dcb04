import { CircleCheck, CircleDashed, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Verdict } from "./verdict.ts";

const LOOKS = {
  good: { Icon: CircleCheck, color: "text-good", edge: "var(--good)" },
  unknown: { Icon: CircleDashed, color: "text-text-3", edge: "var(--line-strong)" },
  warn: { Icon: TriangleAlert, color: "text-warn", edge: "var(--warn)" },
  bad: { Icon: OctagonAlert, color: "text-bad", edge: "var(--bad)" },
} as const;

export function VerdictCard({ verdict: { level, title, detail } }: { readonly verdict: Verdict }) {
  const { Icon, color, edge } = LOOKS[level];
  return (
    <section
      aria-label="Verdict"
      className="card flex items-start gap-3 px-5 py-4"
      style={{ borderLeft: `4px solid ${edge}` }}
      data-field="verdict"
      data-value={level}
    >
      <Icon size={22} aria-hidden className={`mt-0.5 shrink-0 ${color}`} />
      <div>
        <p className="text-base font-semibold tracking-tight">{title}</p>
        <p className="mt-0.5 text-text-2">{detail}</p>
      </div>
    </section>
  );
}

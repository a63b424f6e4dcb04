/** Calls over the window as a small area, failed calls as a line on it. Gaps are gaps. */
import { areaPath, maxOf } from "./paths.ts";

interface SparklineProps {
  readonly at: readonly number[];
  readonly calls: readonly (number | null)[];
  readonly failed: readonly (number | null)[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 26;

/** Without the step that still runs: it would read as a fall. */
export function Sparkline({ at, calls: allCalls, failed: allFailed, label }: SparklineProps) {
  const stepMs = (at[1] ?? 0) - (at[0] ?? 0);
  const ended = at.filter((start) => start + stepMs <= Date.now()).length;
  const [calls, failed] = ended < 2 ? [allCalls, allFailed] : [allCalls.slice(0, ended), allFailed.slice(0, ended)];
  const max = maxOf(calls);
  if (max === 0) return <span className="text-text-3">–</span>;
  const hasFailed = failed.some((value) => value !== null && value > 0);
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className="block">
      <path
        d={areaPath(calls, max, WIDTH, HEIGHT)}
        fill="var(--accent)"
        fillOpacity={0.16}
        stroke="var(--accent)"
        strokeWidth={1.25}
      />
      {hasFailed && (
        <path
          d={areaPath(failed, max, WIDTH, HEIGHT)}
          fill="var(--bad)"
          fillOpacity={0.5}
          stroke="var(--bad)"
          strokeWidth={1.25}
        />
      )}
    </svg>
  );
}

/** Calls over the window as a small area, failed calls as a line on it. Gaps are gaps. */
import { areaPath, maxOf } from "./paths.ts";

interface SparklineProps {
  readonly calls: readonly (number | null)[];
  readonly failed: readonly (number | null)[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 26;

export function Sparkline({ calls, failed, label }: SparklineProps) {
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

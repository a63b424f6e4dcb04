import { type PointerEvent, useState } from "react";
import type { MeshLogHistogram } from "../../lib/mesh-log-types.ts";
import { barsOf, clock, spanOf, stepAt, stepText } from "./histogram-bars.ts";

interface HistogramProps {
  readonly histogram: MeshLogHistogram;
  readonly isStale: boolean;
  /** A click on a step, or a drag over several, asks for their time. */
  readonly onSpan: (span: { readonly from: number; readonly to: number }) => void;
}

/** When what fits happened, and when it failed: a bar for each step, the failed ones in front. */
export function Histogram({ histogram, isStale, onSpan }: HistogramProps) {
  const [under, setUnder] = useState<number | null>(null);
  const [begun, setBegun] = useState<number | null>(null);
  const { at, stepMs } = histogram;
  const bars = barsOf(histogram);
  const stepOf = ({ currentTarget, clientX }: PointerEvent<HTMLDivElement>): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return stepAt((clientX - left) / width, bars.length);
  };
  const [first, last] = [Math.min(begun ?? -1, under ?? -1), Math.max(begun ?? -1, under ?? -1)];
  const isChosen = (i: number): boolean => begun !== null && i >= first && i <= last;
  return (
    <div className={isStale ? "opacity-60" : undefined}>
      <div
        role="img"
        aria-label="Calls over time, and those that failed"
        title={under === null ? undefined : stepText(histogram, under)}
        className="flex h-12 cursor-crosshair touch-none items-end border-b border-line select-none"
        onPointerMove={(event) => setUnder(stepOf(event))}
        onPointerLeave={() => setUnder(null)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setBegun(stepOf(event));
        }}
        onPointerUp={(event) => {
          if (begun !== null) onSpan(spanOf(histogram, begun, stepOf(event)));
          setBegun(null);
        }}
        onPointerCancel={() => setBegun(null)}
      >
        {bars.map((bar, i) => (
          <div
            key={at[i]}
            data-calls={histogram.calls[i]}
            data-failed={histogram.failed[i]}
            className={`relative h-full flex-1 ${isChosen(i) || (begun === null && under === i) ? "bg-sunken" : ""}`}
          >
            <span className="absolute inset-x-px bottom-0 rounded-t-xs bg-accent/35" style={{ height: `${bar.calls * 100}%` }} />
            <span className="absolute inset-x-px bottom-0 rounded-t-xs bg-bad" style={{ height: `${bar.failed * 100}%` }} />
          </div>
        ))}
      </div>
      <div className="flex justify-between pt-0.5 text-xs text-text-3" aria-hidden>
        <span>{clock(at[0] as number, histogram)}</span>
        <span className="text-text-2">{under === null ? "" : stepText(histogram, under)}</span>
        <span>{clock((at.at(-1) as number) + stepMs, histogram)}</span>
      </div>
    </div>
  );
}

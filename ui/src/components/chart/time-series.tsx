/** A time series by uPlot, as wide as its place, in the colours of the theme. Dragging over a part of it asks for that part as the window. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./time-series.css";
import { draggedWindow } from "./dragged-window.ts";
import { HEIGHT, type Line, plotOptions } from "./plot-options.ts";

export type { Line };

interface TimeSeriesProps {
  readonly title: string;
  /** ms since the Unix epoch. */
  readonly at: readonly number[];
  /** Labels, colours and number stay the same while the chart is shown. */
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Half-open, ms, whole minutes. */
  readonly onWindow: (from: number, to: number) => void;
}

export function TimeSeries({ title, at, lines, format, onWindow }: TimeSeriesProps) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<uPlot | null>(null);
  const latest = useRef({ at, lines, onWindow });
  latest.current = { at, lines, onWindow };
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const onSelect = (fromMs: number, toMs: number): void => latest.current.onWindow(...draggedWindow(fromMs, toMs));
    const draw = (): void => {
      shown.current?.destroy();
      const options = plotOptions(element.clientWidth, latest.current.lines, format, onSelect);
      shown.current = new uPlot(options, dataOf(latest.current), element);
    };
    draw();
    const sizes = new ResizeObserver(() => shown.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      shown.current?.destroy();
      shown.current = null;
    };
  }, [format]);
  // Not drawn anew: what is pointed at, or half dragged over, outlives a refresh.
  useEffect(() => shown.current?.setData(dataOf({ at, lines })), [at, lines]);
  return (
    <figure className="card p-4" aria-label={title}>
      <figcaption className="mb-2 font-medium">{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

function dataOf({ at, lines }: Pick<TimeSeriesProps, "at" | "lines">): uPlot.AlignedData {
  return [at.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

import type uPlot from "uplot";
import { formatMoment, formatTicks } from "./time-axis.ts";

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Name of a colour token. */
  readonly color: string;
  readonly fill?: boolean;
}

export const HEIGHT = 190;
/** All charts of a page point at the same moment. */
const CURSOR = "page";
const DRAG_PX = 6;
/** Minutes between ticks: nothing is told apart within a minute. */
const TICKS = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  180,
  240,
  360,
  480,
  720,
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 365].map((days) => days * 1_440),
];
/** Room under the plot for the time of day and the day. */
const TIMES_PX = 40;
/** Fewer values than these make no line. */
const LINE_MIN = 3;

/** @param onSelect of what was dragged over, ms */
export function plotOptions(
  width: number,
  lines: readonly Line[],
  format: (value: number) => string,
  onSelect: (fromMs: number, toMs: number) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (token: string): string => style.getPropertyValue(`--${token}`).trim();
  const axis = {
    stroke: color("text-3"),
    grid: { stroke: color("line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  return {
    width,
    height: HEIGHT,
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
      // What is dragged over is one chart's: the others would ask for it, too.
      sync: { key: CURSOR, setSeries: false, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
    },
    hooks: { setSelect: [(plot) => takeSelection(plot, onSelect)] },
    legend: { live: true },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      { ...axis, size: TIMES_PX, incrs: TICKS.map((minutes) => minutes * 60), values: (_, ticks) => formatTicks(ticks.map(ms)) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [
      {
        label: "Time",
        value: (plot, seconds, _, at) => (at == null ? "" : formatMoment(ms(seconds), Array.from(plot.data[0], ms))),
      },
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 1.75,
        spanGaps: false,
        points: { show: (plot: uPlot, series: number) => valuesOf(plot, series).length < LINE_MIN, size: 5 },
        // Where nothing is pointed at there is no value, not one that is missing.
        value: (_: uPlot, value: number | null, __: number, at: number | null) =>
          at === null ? "" : value === null ? "–" : format(value),
        ...(line.fill ? { fill: `${color(line.color)}22` } : {}),
      })),
    ],
  };
}

function takeSelection(plot: uPlot, onSelect: (fromMs: number, toMs: number) => void): void {
  const { left, width, top, height } = plot.select;
  if (width === 0) return;
  plot.setSelect({ left: 0, top, width: 0, height }, false);
  onSelect(ms(plot.posToVal(left, "x")), ms(plot.posToVal(left + width, "x")));
}

function valuesOf(plot: uPlot, series: number): unknown[] {
  return [...(plot.data[series] ?? [])].filter((value) => value != null);
}

function ms(seconds: number): number {
  return seconds * 1_000;
}

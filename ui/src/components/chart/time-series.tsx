/** A time series by uPlot, as wide as its place, in the colours of the theme. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Name of a colour token. */
  readonly color: string;
  readonly fill?: boolean;
}

interface TimeSeriesProps {
  readonly title: string;
  /** ms since the Unix epoch. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const HEIGHT = 190;

export function TimeSeries({ title, at, lines, format }: TimeSeriesProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = (): uPlot => {
      const data = [at.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
      return new uPlot(optionsOf(element.clientWidth, lines, format), data, element);
    };
    let plot = draw();
    const redraw = (): void => {
      plot.destroy();
      plot = draw();
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      plot.destroy();
    };
  }, [at, lines, format]);
  return (
    <figure className="card p-4" aria-label={title}>
      <figcaption className="mb-2 font-medium">{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

function optionsOf(width: number, lines: readonly Line[], format: (value: number) => string): uPlot.Options {
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
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) }],
    series: [
      {
        value: (_, seconds) =>
          seconds === null ? "" : new Date(seconds * 1_000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
      },
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 1.75,
        spanGaps: false,
        points: { show: lines[0] !== undefined && line.values.filter((value) => value !== null).length < 3, size: 5 },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
        ...(line.fill ? { fill: `${color(line.color)}22` } : {}),
      })),
    ],
  };
}

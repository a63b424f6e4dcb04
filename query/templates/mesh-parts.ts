/** What the dashboards of the layer MESH share. */
import { grid, type Measured } from "./widgets.ts";

const LOAD = "calls / min";

/** Percentiles as five series, named by their rank. */
export function percentiles(metric: string): string {
  const ranks = "50,75,90,95,99";
  return `relabels(${metric}{p='${ranks}'},p='${ranks}',percentile='${ranks}')`;
}

/** The columns that lists of services, instances and endpoints share. */
export function columns(prefix: string) {
  return [
    { label: "Load", unit: LOAD, value: `avg(${prefix}_cpm)`, series: `${prefix}_cpm` },
    { label: "Success rate", unit: "%", value: `avg(${prefix}_sla)/100`, series: `${prefix}_sla/100` },
    { label: "Latency", unit: "ms", value: `avg(${prefix}_resp_time)`, series: `${prefix}_resp_time` },
  ];
}

export function nodes(prefix: string): Measured[] {
  return [
    { label: "Load", unit: LOAD, expression: `avg(${prefix}_cpm)` },
    { label: "Success rate", unit: "%", expression: `avg(${prefix}_sla/100)` },
    { label: "Latency", unit: "ms", expression: `avg(${prefix}_resp_time)` },
  ];
}

/** The same numbers of an entity as its dashboard names them, for the map. */
export function numbersOf(prefix: string) {
  const measured = nodes(prefix);
  return {
    expressions: measured.map(({ expression }) => expression),
    expressionsConfig: measured.map(({ label, unit }) => ({ label, unit })),
  };
}

export function links(prefix: string, side: "client" | "server"): Measured[] {
  const name = side === "client" ? "Client" : "Server";
  return [
    { label: `${name} load`, unit: LOAD, expression: `avg(${prefix}_${side}_cpm)` },
    { label: `${name} latency`, unit: "ms", expression: `avg(${prefix}_${side}_resp_time)` },
  ];
}

/** A part that fills its tab. */
export const whole = (part: object) => grid({ height: 48, parts: [[24, { ...part }]] });

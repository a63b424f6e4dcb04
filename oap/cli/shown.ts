/** An answer for a terminal: a table, sparklines, or JSON. */

import { type Period, STEPS, timeText } from "./period.ts";
import type { Output } from "./query-arguments.ts";
import { sparkline } from "./sparkline.ts";
import { printable, rows, table } from "./table.ts";

export interface ExpressionAnswer {
  readonly type: string;
  readonly error: string | null;
  readonly results: readonly Series[];
}

export interface Series {
  readonly metric: { readonly labels: readonly { readonly key: string; readonly value: string | null }[] };
  readonly values: readonly { readonly id: string | null; readonly value: string | null }[];
}

export interface Shown {
  readonly title: string;
  readonly period: Period;
  readonly output: Output;
}

/** Nothing was seen. */
const NONE = "–";

export function shown(answer: ExpressionAnswer, { title, period, output }: Shown): string {
  if (output === "json") return `${escaped(JSON.stringify(answer, null, 2))}\n`;
  const heading = `${printable(title)}  ${periodText(period)}`;
  const { type, results } = answer;
  if (results.every(({ values }) => values.length === 0)) return `${heading}\n\nno values\n`;
  if (type === "SORTED_LIST" || type === "RECORD_LIST") return `${heading}\n\n${ranking(results)}`;
  if (type === "SINGLE_VALUE") return `${heading}\n\n${singles(results)}`;
  return `${heading}\n\n${output === "sparkline" ? sparklines(results) : points(results, period)}`;
}

/** Steps down, series across, and below them what one looks for. */
function points(results: readonly Series[], { step }: Period): string {
  const ids = [...new Set(results.flatMap(({ values }) => values.map(({ id }) => id ?? "")))];
  const byId = results.map(({ values }) => new Map(values.map(({ id, value }) => [id ?? "", value])));
  const steps = ids.map((id) => [timeText(Number(id), step), ...byId.map((series) => series.get(id) ?? NONE)]);
  const summaries = results.map(summaryOf);
  const summary = (["min", "max", "last"] as const).map((name) => [name, ...summaries.map((one) => one[name])]);
  return table(["TIME (UTC)", ...results.map(({ metric }) => labelText(metric) || "VALUE")], steps, summary);
}

function sparklines(results: readonly Series[]): string {
  const lines = results.map((series) => {
    const { min, max, last } = summaryOf(series);
    const line = sparkline(series.values.map(({ value }) => numberOf(value)));
    return [labelText(series.metric), line, "min", min, "max", max, "last", last];
  });
  const isNamed = lines.some(([name]) => name !== "");
  return rows(isNamed ? lines : lines.map((line) => line.slice(1)), isNamed ? [0, 1] : [0]);
}

function ranking(results: readonly Series[]): string {
  const values = results.flatMap((series) => series.values);
  const places = values.map(({ id, value }, i) => [String(i + 1), value ?? NONE, printable(id ?? NONE)]);
  return table(["#", "VALUE", "NAME"], places, [], [0, 2]);
}

function singles(results: readonly Series[]): string {
  const values = results.map(({ metric, values: [first] }) => ({ name: labelText(metric), value: first?.value ?? NONE }));
  if (values.every(({ name }) => name === "")) return `${values.map(({ value }) => value).join("\n")}\n`;
  return table(
    ["LABELS", "VALUE"],
    values.map(({ name, value }) => [name, value]),
    [],
  ); // prettier-ignore
}

function summaryOf({ values }: Series): { readonly min: string; readonly max: string; readonly last: string } {
  const seen = values.flatMap(({ value }) => (value === null ? [] : [value]));
  const sorted = seen.filter((one) => !Number.isNaN(numberOf(one))).sort((a, b) => (numberOf(a) ?? 0) - (numberOf(b) ?? 0));
  return { min: sorted[0] ?? NONE, max: sorted.at(-1) ?? NONE, last: seen.at(-1) ?? NONE };
}

/** Values come as text, infinity as its sign. */
function numberOf(value: string | null): number | null {
  if (value === null) return null;
  return /^-?∞$/.test(value) ? Number(value.replace("∞", "Infinity")) : Number(value);
}

function labelText({ labels }: Series["metric"]): string {
  return printable(labels.map(({ key, value }) => `${key}=${value ?? ""}`).join(" "));
}

function periodText({ step, firstMs, lastMs }: Period): string {
  const [from, to] = [timeText(firstMs, step), timeText(lastMs, step)];
  const isOneDay = step === "minute" && from.slice(0, STEPS.day.digits) === to.slice(0, STEPS.day.digits);
  const range = firstMs === lastMs ? from : `${from} – ${isOneDay ? to.slice(STEPS.day.digits + 1) : to}`;
  return `${range} UTC, by ${step}`;
}

/** Names come from the mesh: none of their characters is to move the cursor of a terminal. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

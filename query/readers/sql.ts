import { readFileSync } from "node:fs";
import type { Scope } from "../../oap/catalog/columns.ts";
import { rowsOf, type Slice } from "../slices.ts";

const RANGE = conditionsOf("range");
const DAYS = conditionsOf("range-days");
const LOG_RANGE = conditionsOf("log-range");
const LOG_REPORTS = conditionsOf("log-reports");
const KEY = sqlFragments("entity-key");
const KEYS = sqlFragments("entity-keys");

/** The text of a .sql file beside this one, with what statements on access logs share in its place. */
export function sql(name: string): string {
  return read(name)
    .replaceAll("{{log-range}}", () => LOG_RANGE)
    .replaceAll("{{log-reports}}", () => LOG_REPORTS);
}

/** The text of a .sql file beside this one for a table of minutes, hours or days, with the conditions on its range of time in their place.
 *  `parts`: names of files with columns, in place of {{columns}}. */
export function sqlByTable(name: string, ...parts: string[]): (table: string) => string {
  const text = withColumns(name, parts);
  const [hours, days] = [RANGE, DAYS].map((range) => text.replaceAll("{{range}}", () => range)) as [string, string];
  return (table) => (table.endsWith("_day") ? days : hours);
}

/** A slice; `scopes`, a parameter of its part of the text, for one of these only. */
export interface PartOfScopes extends Omit<Slice, "rows"> {
  readonly scopes?: readonly Scope[];
}

/** A statement that reads the slices of a window; `params` are those that name their tables, ranges and scopes. */
interface SlicedStatement {
  readonly text: string;
  readonly params: Readonly<Record<string, string | number | readonly string[]>>;
}

/** The text of a .sql file beside this one that reads slices: what stands between {{slice}} and {{/slice}} is there for each of them. `prefix` tells its
 *  parameters apart from those of another such text in one statement. */
export function sqlBySlices(
  name: string,
  ...parts: string[]
): (window: { readonly slices: readonly PartOfScopes[] }, prefix?: string) => SlicedStatement {
  const [before, slice, after] = withColumns(name, parts).split(/\{\{\/?slice\}\}/) as [string, string, string];
  return ({ slices }, prefix = "") => {
    const one = ({ table }: PartOfScopes, i: number): string =>
      slice
        .replaceAll("{{range}}", () => (table.endsWith("_day") ? DAYS : RANGE))
        .replaceAll(/\{(table|from|to|scopes):/g, `{$1_${prefix}${i}:`);
    const params = slices.flatMap(({ table, scopes, ...range }, i) => {
      const own = { table, ...seconds(range), ...(scopes === undefined ? {} : { scopes }) };
      return Object.entries(own).map(([name, value]) => [`${name}_${prefix}${i}`, value] as const);
    });
    return { text: before + slices.map(one).join("UNION ALL") + after, params: Object.fromEntries(params) };
  };
}

/** As sqlByTable, for entities of one scope or, with "any", of several: what tells them apart is in place of {{key}}, which of them are asked for in
 *  place of {{keys}}. */
export function sqlByScope(name: string, ...parts: string[]): (table: string, scope: Scope | "any") => string {
  const text = sqlByTable(name, ...parts);
  return (table, scope) =>
    text(table)
      .replaceAll("{{key}}", () => KEY.get(scope) as string)
      .replaceAll("{{keys}}", () => KEYS.get(scope) as string);
}

/** Each line with # as often as `count` says, with the numbers from 1 in its place, separated by commas. */
export function numbered(text: string, count: number): string {
  const repeated = (line: string): string =>
    Array.from({ length: count }, (_, i) => line.replaceAll("#", String(i + 1))).join(",\n");
  return text
    .split("\n")
    .map((line) => (line.includes("#") && !line.startsWith("--") ? repeated(line) : line))
    .join("\n");
}

/** Of the columns, {{columns}}, what they read is in place of {{read}}: `*` would be forty names to plan. */
function withColumns(name: string, parts: readonly string[]): string {
  const columns = parts.map(conditionsOf).join(",\n    ");
  const names = new Set([...columns.matchAll(/\bt\.(\w+)/g)].map(([, column]) => column));
  return read(name)
    .replaceAll("{{columns}}", () => columns)
    .replaceAll("{{read}}", () => [...names].join(", "));
}

function read(name: string): string {
  return readFileSync(new URL(`./${name}.sql`, import.meta.url), "utf8");
}

/** A file of conditions or columns without its comments. */
function conditionsOf(name: string): string {
  return read(name)
    .replaceAll(/^--.*\n/gm, "")
    .trim();
}

/** The parts of a .sql file that lists some, conditions, columns or values, each under a line with its name. */
export function sqlFragments(name: string): ReadonlyMap<string, string> {
  const [, ...parts] = sql(name).split(/^-- (\w+)$/m);
  return new Map(parts.flatMap((part, i) => (i % 2 === 0 ? [[part, (parts[i + 1] ?? "").trim()] as const] : [])));
}

/** The table that holds rows of a step; null where none does. */
export function tableOf(step: string): string | null {
  const rows = rowsOf(step);
  return rows === null ? null : `traffic_${rows}`;
}

/** Half-open range in whole seconds, as the .sql files take it. */
export function seconds({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): { from: number; to: number } {
  const clamp = (ms: number): number => Math.min(2 ** 32 - 1, Math.max(0, Math.floor(ms / 1_000)));
  return { from: clamp(fromMs), to: clamp(toMs) };
}

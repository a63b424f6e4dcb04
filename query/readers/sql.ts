import { readFileSync } from "node:fs";
import type { Scope } from "../../oap/catalog/columns.ts";

const RANGE = conditionsOf("range");
const DAYS = conditionsOf("range-days");
const LOG_RANGE = conditionsOf("log-range");
const KEY = sqlFragments("entity-key");
const KEYS = sqlFragments("entity-keys");

/** The text of a .sql file beside this one, with the conditions on a range of access logs in their place. */
export function sql(name: string): string {
  return read(name).replaceAll("{{log-range}}", () => LOG_RANGE);
}

/** The text of a .sql file beside this one for a table of minutes, hours or days, with the conditions on its range of time in their place.
 *  `parts`: names of files with columns, in place of {{columns}}. */
export function sqlByTable(name: string, ...parts: string[]): (table: string) => string {
  const columns = parts.map(conditionsOf).join(",\n    ");
  const text = read(name).replaceAll("{{columns}}", () => columns);
  const [hours, days] = [RANGE, DAYS].map((range) => text.replaceAll("{{range}}", () => range)) as [string, string];
  return (table) => (table.endsWith("_day") ? days : hours);
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

const TABLES = { MINUTE: "traffic_minute", HOUR: "traffic_hour", DAY: "traffic_day" } as const;

/** The table that holds rows of a step; null where none does. */
export function tableOf(step: string): string | null {
  return (TABLES as Record<string, string>)[step] ?? null;
}

/** Half-open range in whole seconds, as the .sql files take it. */
export function seconds({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): { from: number; to: number } {
  const clamp = (ms: number): number => Math.min(2 ** 32 - 1, Math.max(0, Math.floor(ms / 1_000)));
  return { from: clamp(fromMs), to: clamp(toMs) };
}

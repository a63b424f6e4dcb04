import { readFileSync } from "node:fs";

/** The text of a .sql file beside this one. */
export function sql(name: string): string {
  return readFileSync(new URL(`./${name}.sql`, import.meta.url), "utf8");
}

/** The conditions of a .sql file that lists them, each under a line with its name. */
export function sqlConditions(name: string): ReadonlyMap<string, string> {
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

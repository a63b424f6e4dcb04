/** What the query protocol can search access logs by: tags, with the columns behind them. */
import { flagBit, flagsOf } from "../oap/model/response-flags.ts";
import { KEPT, type LogKept } from "./log-filter.ts";
import type { LogRow } from "./readers/logs.ts";

export const STATUS_TAG = "status.code";
export const FLAG_TAG = "response.flag";
export const LEVEL_TAG = "level";

/** Column of access_log by tag. */
export const TAG_COLUMNS: Readonly<Record<string, string>> = {
  [LEVEL_TAG]: "kept",
  [STATUS_TAG]: "response_code",
  [FLAG_TAG]: "response_flags",
};

const LEVELS: Readonly<Record<LogKept, string>> = { FAILED: "ERROR", SLOW: "WARN", REST: "INFO", CONTEXT: "INFO" };

export interface Tag {
  readonly key: string;
  readonly value?: string | null;
}

export interface TagConditions {
  readonly codes: number[];
  readonly kept: LogKept[];
  /** All of them must be set. */
  readonly flags: number;
}

/** Conditions that all tags together are; null when no row can have them. */
export function tagConditions(tags: readonly Tag[]): TagConditions | null {
  const codes = new Set<number>();
  const levels = new Set<string>();
  let flags = 0;
  for (const { key, value } of tags) {
    const text = value ?? "";
    if (key === STATUS_TAG && /^[1-9]\d{0,4}$/.test(text)) codes.add(Number(text));
    else if (key === LEVEL_TAG) levels.add(text.toUpperCase());
    else if (key === FLAG_TAG && flagBit(text.toUpperCase()) !== null) flags |= flagBit(text.toUpperCase()) ?? 0;
    else return null;
  }
  const kept = KEPT.filter((one) => [...levels].every((level) => LEVELS[one] === level));
  if (codes.size > 1 || kept.length === 0) return null;
  return { codes: [...codes], kept: levels.size === 0 ? [] : kept, flags: flags >>> 0 };
}

export function tagsOf(row: LogRow): { key: string; value: string }[] {
  return [
    { key: LEVEL_TAG, value: LEVELS[KEPT[row.kept_number - 1] ?? "REST"] },
    ...(row.response_code === 0 ? [] : [{ key: STATUS_TAG, value: String(row.response_code) }]),
    ...flagsOf(row.response_flags).map(({ short }) => ({ key: FLAG_TAG, value: short })),
  ];
}

/** Values of a tag from the values of its column. */
export function tagValues(key: string, values: readonly string[]): string[] {
  const of = (value: string): string[] => {
    if (key === LEVEL_TAG) return [LEVELS[value.toUpperCase() as LogKept] ?? "INFO"];
    if (key === FLAG_TAG) return flagsOf(Number(value)).map(({ short }) => short);
    return value === "0" ? [] : [value];
  };
  return [...new Set(values.flatMap(of))].sort();
}

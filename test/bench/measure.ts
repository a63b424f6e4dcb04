/** How figures are taken: medians of several runs, each in processes of its own. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Of the work that is measured, done before: a process that has run for a while has its code compiled. */
export const WARM_UP_SHARE = 1 / 4;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

export function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] as number;
}

export async function times<T>(count: number, measure: () => Promise<T> | T): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(await measure());
  return all;
}

/** Runs a script of this folder in a process of its own. @returns the JSON it printed. */
export function inFreshProcess<T>(script: string, ...args: string[]): T {
  const path = new URL(script, import.meta.url).pathname;
  return JSON.parse(execFileSync(process.execPath, ["--expose-gc", path, ...args], { encoding: "utf8" }));
}

export function peakRssBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;
}

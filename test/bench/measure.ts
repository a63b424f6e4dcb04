/** How figures are taken: medians of several runs, CPU time of processes. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const CLOCK_TICKS = 100;

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

/** CPU seconds of a process and of all processes under it, by process id; those of children that ended are their parent's. */
export function cpuSecondsByProcess(root: number): Map<number, number> {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")
          .map(Number);
        return [{ pid: Number(pid), parent: fields[1] as number, ticks: (fields[11] as number) + (fields[12] as number) }];
      } catch {
        return []; // it ended meanwhile
      }
    }); // prettier-ignore
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid);
  }
  return new Map(stats.filter(({ pid }) => family.has(pid)).map(({ pid, ticks }) => [pid, ticks / CLOCK_TICKS]));
}

export function peakRssBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;
}

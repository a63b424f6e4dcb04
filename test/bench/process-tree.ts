/** CPU time and memory of a process and everything under it, from /proc. CPU time and not wall-clock time: the machine may be busy. */
import { readdirSync, readFileSync } from "node:fs";

const CLOCK_TICKS = 100;

export interface ProcessUse {
  readonly pid: number;
  /** What it runs: the last part of its script's path, or its program's name. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** Proportional set size, bytes: a page shared by n processes counts 1/n in each, so that the sum is what the whole takes. */
  readonly pssBytes: number;
}

export function processTree(root: number): ProcessUse[] {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(Number(pid)));
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid);
  }
  return stats.filter(({ pid }) => family.has(pid)).map(({ pid, cpuSeconds }) => ({ pid, cpuSeconds, ...detailsOf(pid) }));
}

export function cpuSecondsOf(root: number): number {
  return processTree(root).reduce((sum, one) => sum + one.cpuSeconds, 0);
}

function statOf(pid: number): { pid: number; parent: number; cpuSeconds: number }[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    return [{ pid, parent: fields[1] as number, cpuSeconds: ((fields[11] as number) + (fields[12] as number)) / CLOCK_TICKS }];
  } catch {
    return []; // it ended while we looked
  }
}

function detailsOf(pid: number): { name: string; pssBytes: number } {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const script = line.find((part) => /\.(ts|mjs)$/.test(part)) ?? line[0] ?? "";
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? "0";
    return { name: script.slice(script.lastIndexOf("/") + 1), pssBytes: Number(pss) * 1_024 };
  } catch {
    return { name: "gone", pssBytes: 0 };
  }
}

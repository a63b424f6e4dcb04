/** CPU time of processes, from /proc. */
import { readdirSync, readFileSync } from "node:fs";

const CLOCK_TICKS = 100;

/** CPU seconds of a process and all processes under it. */
export function cpuSeconds(root: number): number {
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
        return [];
      }
    }); // prettier-ignore
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid);
  }
  return stats.filter(({ pid }) => family.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / CLOCK_TICKS;
}

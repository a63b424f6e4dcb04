/** How a process that is not ours in code, the embedded ClickHouse, is doing, as Linux tells it. */
import { readFileSync } from "node:fs";

/** Clock ticks of /proc per second: fixed for user space on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const UTIME = 11;
const STIME = 12;

/** null where there is no such process, or no /proc. */
export function otherProcess(pid: number | null): { readonly residentMemoryBytes: number; readonly cpuSeconds: number } | null {
  if (pid === null) return null;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    // Fields after the name, which may hold spaces: state is the first of them.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    if (kilobytes === undefined) return null;
    return {
      residentMemoryBytes: Number(kilobytes) * 1_024,
      cpuSeconds: (Number(stat[UTIME]) + Number(stat[STIME])) / TICKS_PER_SECOND,
    };
  } catch {
    return null;
  }
}

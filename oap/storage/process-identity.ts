/** Names of processes that outlive them on disk. A bare process id does not do: in a container the next start gets the same few
 *  numbers, and a dead holder would then look alive for ever. */
import { readFileSync } from "node:fs";

/** `<pid> <start>`, where start tells two holders of one id apart; `<pid>` where the system does not say (no /proc). */
export function processIdentity(pid: number = process.pid): string {
  const start = startOf(pid);
  return start === null ? String(pid) : `${pid} ${start}`;
}

/** Whether the process with that identity lives. An identity without a start is alive when its id is. */
export function isRunning(identity: string): boolean {
  const [id = "", start] = identity.trim().split(" ");
  const pid = Number(id);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (start !== undefined) return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Boot and clock ticks since then; null without /proc, and for a process that is gone or only waits to be reaped. */
function startOf(pid: number): string | null {
  try {
    const [state, ...rest] = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    if (state === "Z" || state === "X") return null;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}/${rest[18]}`;
  } catch {
    return null;
  }
}

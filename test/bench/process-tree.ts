/** CPU time and memory of a process and everything under it, from /proc. CPU time and not wall-clock time: the machine may be busy. */
import { readdirSync, readFileSync } from "node:fs";

const CLOCK_TICKS = 100;

export interface ProcessUse {
  readonly pid: number;
  /** What it runs: the last part of its script's path, or its program's name. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** Resident memory of its own. */
  readonly anonymousBytes: number;
  /** Resident pages of files, by path: programs and libraries, which several processes share. */
  readonly fileBytes: Readonly<Record<string, number>>;
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

/** What a tree takes in memory: what each process has for itself, and each file once. Not the proportional set size, which becomes less
 *  when somebody else's processes use the same files. */
export function residentBytes(tree: readonly ProcessUse[]): number {
  const files: Record<string, number> = {};
  for (const { fileBytes } of tree) {
    for (const [path, bytes] of Object.entries(fileBytes)) files[path] = Math.max(files[path] ?? 0, bytes);
  }
  const shared = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
  return tree.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, shared);
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

function detailsOf(pid: number): Pick<ProcessUse, "name" | "anonymousBytes" | "fileBytes"> {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const script = line.find((part) => /\.(ts|mjs)$/.test(part)) ?? line[0] ?? "";
    return { name: script.slice(script.lastIndexOf("/") + 1), ...memoryOf(readFileSync(`/proc/${pid}/smaps`, "utf8")) };
  } catch {
    return { name: "gone", anonymousBytes: 0, fileBytes: {} };
  }
}

/** /proc/PID/smaps: a line per mapping, which ends in the file it maps, and lines of figures after it. */
function memoryOf(smaps: string): Pick<ProcessUse, "anonymousBytes" | "fileBytes"> {
  const fileBytes: Record<string, number> = {};
  let [anonymousBytes, path, resident] = [0, "", 0];
  for (const line of smaps.split("\n")) {
    const [key = "", value = ""] = line.split(/\s+/, 2);
    if (/^[0-9a-f]+-[0-9a-f]+$/.test(key)) path = /\s(\/.*)$/.exec(line)?.[1] ?? "";
    else if (key === "Rss:") resident = Number(value) * 1_024;
    else if (key === "Anonymous:") {
      const own = path === "" ? resident : Number(value) * 1_024;
      anonymousBytes += own;
      if (resident > own) fileBytes[path] = (fileBytes[path] ?? 0) + resident - own;
    }
  }
  return { anonymousBytes, fileBytes };
}

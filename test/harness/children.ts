import { readdirSync, readFileSync } from "node:fs";

/** Process ids of the children of a process whose command line holds a text. */
export function childrenOf(parent: number, text: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return Number(stat[1]) === parent && stat[0] !== "Z" && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}

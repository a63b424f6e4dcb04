/** When, on which commit and on which machine figures are taken. */
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Taken } from "./bench.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the bench itself writes is no change of what is measured. */
const RESULTS = [":!test/bench/results.json", ":!test/bench/results.md"];

export function takenNow(): Taken {
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    commit: commit(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  };
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const isClean = git("status", "--porcelain", "--", ".", ...RESULTS) === "";
  return `${git("rev-parse", "--short", "HEAD")}${isClean ? "" : " and uncommitted changes"}`;
}

/** How figures are taken: medians of several runs, each in processes of its own. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Of the work that is measured, done before: a process that has run for a while has its code compiled. */
export const WARM_UP_SHARE = 1 / 4;

/** Buffers are given back by the collection after the one that found them dead. */
const COLLECTIONS = 3;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

export function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] as number;
}

/** Runs a script of this folder in a process of its own. @returns the JSON it printed. @throws Error with what the script threw. */
export async function inFreshProcess<T>(script: string, ...args: string[]): Promise<T> {
  const path = new URL(script, import.meta.url).pathname;
  try {
    return JSON.parse((await run(process.execPath, ["--expose-gc", path, ...args])).stdout);
  } catch (error) {
    const thrown = /^\w*Error: (.*)$/m.exec((error as { stderr?: string }).stderr ?? "")?.[1];
    throw thrown === undefined ? error : new Error(`${script}: ${thrown}`, { cause: error });
  }
}

/** What this process holds after a collection; its heap's and its buffers'. */
export function heldBytes(): number {
  for (let i = 0; i < COLLECTIONS; i++) globalThis.gc?.(); // inFreshProcess starts scripts with --expose-gc
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export function peakRssBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;
}

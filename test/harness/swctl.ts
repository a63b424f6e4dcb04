/** SkyWalking's command line, the program itself: on the PATH, or in .cache/swctl. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const CACHED = fileURLToPath(new URL("../../.cache/swctl/swctl", import.meta.url));
const TIMEOUT_MS = 20_000;

/** Path of the program; null, said loudly, when it is not on this machine. */
export function findSwctl(): string | null {
  if (existsSync(CACHED)) return CACHED;
  try {
    return execFileSync("sh", ["-c", "command -v swctl"], { encoding: "utf8" }).trim();
  } catch {
    console.warn(
      "\n!!! No swctl on the PATH or in .cache/swctl: what it prints is not tested here. Its requests are, by npm test.\n",
    );
    return null;
  }
}

export interface Printed {
  readonly code: number;
  /** Of a command that went well: what its YAML says. Go's field names are in lower case there. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly yaml: any;
  readonly error: string;
}

/** Runs one command against an address; the range, where one is given, follows the command's words. */
export function swctlAt(program: string, url: string, range: { readonly start: string; readonly end: string }) {
  const run = (args: readonly string[]): Promise<Printed> =>
    new Promise((resolve) => {
      const all = ["--display=yaml", `--base-url=${url}/graphql`, ...args];
      execFile(program, all, { timeout: TIMEOUT_MS }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, yaml: code === 0 ? parse(out) : undefined, error: err });
      });
    });
  return {
    run: (command: string, ...args: string[]) => run([...command.split(" "), ...args]),
    during: (command: string, ...args: string[]) =>
      run([...command.split(" "), `--start=${range.start}`, `--end=${range.end}`, ...args]),
  };
}

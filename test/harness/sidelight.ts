import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../oap/cli/sidelight.mjs", import.meta.url));

/** The sidelight command as it is typed, in a process of its own. */
export function sidelight(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const plain = Object.entries(process.env).filter(([name]) => !/^SIDELIGHT_|^VITEST|^NODE_OPTIONS/.test(name));
  const env = { ...Object.fromEntries(plain), ...environment };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

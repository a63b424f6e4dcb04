// `npm run lint`: types, format and style, and who may import whom. All of them run; any of them fails the whole.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CHECKS = [
  ["types of the server and the tests", "tsc", ["-p", "tsconfig.json"]],
  ["types of the dashboard", "tsc", ["-p", "ui/tsconfig.json"]],
  ["format and style", "biome", ["check", "--error-on-warnings", "."]],
  ["imports", "node", ["oap/start/imports.mjs"]],
];

for (const [what, command, args] of CHECKS) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${what}`);
  if (status !== 0) process.exitCode = 1;
}

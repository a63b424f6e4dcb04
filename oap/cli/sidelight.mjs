#!/usr/bin/env node
// `npx sidelight ...` on whatever Node the machine has: hands over to Node 24, the running one or the one among the packages, as the scripts of
// package.json do (oap/start/prepare.mjs). Plain JavaScript, no packages.
import { spawn, spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = fileURLToPath(new URL("main.ts", import.meta.url));
const NODE_MAJOR = 24;
const FAILED = 1;

const majorOf = (version) => Number(/^v?(\d+)/.exec(version ?? "")?.[1] ?? 0);

function handOver() {
  const env = { ...process.env, PATH: join(ROOT, "node_modules", ".bin") + delimiter + (process.env.PATH ?? "") };
  if (majorOf(spawnSync("node", ["-v"], { env, encoding: "utf8" }).stdout) < NODE_MAJOR) {
    console.error(`Node ${NODE_MAJOR} or newer is needed: run "npm install" in ${ROOT} first, which brings it, or install it.`);
    process.exitCode = FAILED;
    return;
  }
  const child = spawn("node", [COMMAND, ...process.argv.slice(2)], { env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => {
    process.exitCode = code ?? FAILED;
  });
}

if (majorOf(process.version) >= NODE_MAJOR) await import("./main.ts");
else handOver();

// `npm run dev`: the server, started again when its sources change, and the dashboard with hot reload on a port of its own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WATCHED = ["oap", "receivers", "query"].map((folder) => `--watch-path=${folder}`);
const commands = [
  ["--watch", ...WATCHED, "--watch-preserve-output", "oap/supervisor.ts"],
  ["node_modules/vite/bin/vite.js", "--config", "ui/vite.config.ts"],
];
const children = commands.map((args) => spawn("node", args, { cwd: ROOT, stdio: "inherit" }));
let ending = false;
const end = (signal) => {
  ending = true;
  for (const child of children) child.kill(signal);
};
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end(signal));
for (const child of children) {
  child.on("exit", (code) => {
    if (!ending) end("SIGTERM");
    process.exitCode ||= code ?? 0;
  });
}

// Runs before every npm script, on whatever Node the machine has (20.19 or newer): installs packages when package.json or the lock
// file changed, builds the dashboard when its sources changed, and checks which Node the scripts will see. Plain JavaScript, no packages.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOCK = join(ROOT, ".cache", "prepare.lock");
const INSTALLED = join(ROOT, "node_modules", ".sidelight-installed");
const BUILT = join(ROOT, "ui", "dist", ".built");
const NODE_MAJOR = 24;
const INSTALL = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
const PROGRESS_MS = 10_000;
const LOCK_POLL_MS = 250;

class Failure extends Error {}

async function main() {
  await takeLock();
  try {
    const installed = digest(["package.json", "package-lock.json"], `${process.platform} ${process.arch}`);
    if (read(INSTALLED) !== installed) await install(installed);
    checkNode();
    const sources = digest(
      ["package-lock.json", ...filesUnder("ui").filter((path) => !path.startsWith("ui/dist/")), ...filesUnder("query/schema")],
      "",
    );
    if (read(BUILT) !== sources) await buildUi(sources);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

async function install(mark) {
  rmSync(INSTALLED, { force: true });
  await run("installing packages (about a minute the first time)", npmCommand(), INSTALL, "npm install failed");
  warm();
  writeFileSync(INSTALLED, mark); // last: an install that was cut off is done again
}

/** The first start is to be as quick as the next ones. What goes wrong here, the start itself will tell. */
function warm() {
  const env = { ...scriptEnvironment(), NODE_COMPILE_CACHE: join(ROOT, ".cache", "compile") };
  spawnSync("node", [join(ROOT, "oap", "start", "warm.mjs")], { cwd: ROOT, env, stdio: "ignore" });
}

async function buildUi(mark) {
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  await run(
    "building the dashboard",
    ["node", vite],
    ["build", "--config", join(ROOT, "ui", "vite.config.ts"), "--logLevel", "warn"],
    "the dashboard could not be built",
  );
  writeFileSync(BUILT, mark);
}

/** npm as it runs us, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") ? [process.execPath, script] : ["npm"];
}

/** PATH as npm sets it for scripts. */
function scriptEnvironment() {
  return { ...process.env, PATH: join(ROOT, "node_modules", ".bin") + delimiter + process.env.PATH };
}

function checkNode() {
  const answer = spawnSync("node", ["-v"], { env: scriptEnvironment(), encoding: "utf8" });
  const version = answer.stdout?.trim() ?? "";
  if (Number(/^v(\d+)/.exec(version)?.[1] ?? 0) >= NODE_MAJOR) return;
  throw new Failure(
    `Node ${NODE_MAJOR} or newer is needed, and there is ${version || "none"}: install it, or use Linux on x64 or arm64, where it comes as a package.`,
  );
}

/** Runs a command with its output shown, a line of progress now and then, and signals passed on. */
function run(what, [command, ...first], args, failed) {
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  console.log(`${what} ...`);
  const child = spawn(command, [...first, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: scriptEnvironment(),
  });
  const timer = setInterval(() => console.log(`${what} ... ${seconds()}`), PROGRESS_MS);
  const pass = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Failure(`${failed}: ${error.message}.`)));
    child.once("exit", (code, signal) => {
      clearInterval(timer);
      for (const one of signals) process.off(one, pass);
      if (code !== 0)
        return reject(
          new Failure(
            signal === null ? `${failed} (exit code ${code}): see the lines above.` : `${failed}: stopped by ${signal}.`,
          ),
        );
      console.log(`${what}: done in ${seconds()}`);
      resolve();
    });
  });
}

/** One at a time in a checkout; a lock whose process is gone does not count. */
async function takeLock() {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw new Failure(`cannot write ${LOCK}: ${error.message}.`);
    }
    const holder = Number(read(LOCK));
    if (!isAlive(holder)) {
      rmSync(LOCK, { force: true });
      continue;
    }
    if (!told) console.log(`waiting for process ${holder}, which prepares this checkout already ...`);
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function filesUnder(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .sort(); // prettier-ignore
}

/** Hash over the content of files, and a text. */
function digest(files, text) {
  const hash = createHash("sha256").update(text);
  for (const file of files) hash.update(`\0${file}\0`).update(existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file)) : "");
  return hash.digest("hex");
}

main().catch((error) => {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
});

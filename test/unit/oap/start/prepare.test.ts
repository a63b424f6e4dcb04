import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
let dir: string;

/** A checkout in small: the real pre-script, and an npm and a Vite that only leave a trace. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-prepare-"));
  for (const folder of ["oap/start", "ui/dist", "query/schema", "node_modules/.bin", "node_modules/vite/bin"])
    mkdirSync(join(dir, folder), { recursive: true });
  cpSync(join(ROOT, "oap/start/prepare.mjs"), join(dir, "oap/start/prepare.mjs"));
  writeFileSync(join(dir, "package.json"), "{}");
  writeFileSync(
    join(dir, "npm.js"),
    'require("node:fs").appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n"); process.exitCode = Number(process.env.NPM_EXIT ?? 0);',
  );
  writeFileSync(join(dir, "node_modules/vite/bin/vite.js"), 'require("node:fs").appendFileSync("vite.log", "built\\n");');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function prepare(environment: Record<string, string> = {}) {
  const env = { ...process.env, npm_execpath: join(dir, "npm.js"), ...environment };
  return spawnSync(process.execPath, [join(dir, "oap/start/prepare.mjs")], { cwd: dir, env, encoding: "utf8" });
}

const log = (name: string): string[] =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), "utf8").trim().split("\n") : [];

test("it installs and builds once, and again only when what they depend on changed", () => {
  expect(prepare().status).toBe(0);
  expect(prepare().status).toBe(0);
  expect(log("npm.log")).toEqual(["install --no-save --include=dev --no-audit --no-fund --loglevel=error"]);
  expect(log("vite.log")).toEqual(["built"]);
  writeFileSync(join(dir, "query/schema/new.graphql"), "type A { b: Int }");
  prepare();
  expect([log("npm.log").length, log("vite.log").length]).toEqual([1, 2]);
  writeFileSync(join(dir, "package.json"), '{ "version": "2" }');
  prepare({ NODE_ENV: "production" });
  expect(log("npm.log").length).toBe(2);
});

test("a failed install is said in one sentence and done again the next time", () => {
  const { status, stderr } = prepare({ NPM_EXIT: "3" });
  expect(status).toBe(1);
  expect(stderr.trim()).toBe("npm install failed (exit code 3): see the lines above.");
  expect(prepare().status).toBe(0);
  expect(log("npm.log").length).toBe(2);
});

test("a lock whose process is gone does not count, one of a live process is waited for", async () => {
  mkdirSync(join(dir, ".cache"), { recursive: true });
  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(join(dir, ".cache/prepare.lock"), String(gone));
  expect(prepare().status).toBe(0);
  const holder = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1000)"]);
  writeFileSync(join(dir, ".cache/prepare.lock"), String(holder.pid));
  const ended = new Promise<void>((resolve) => holder.once("exit", () => resolve()));
  const waiting = spawn(process.execPath, [join(dir, "oap/start/prepare.mjs")], { cwd: dir });
  let output = "";
  waiting.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  await ended;
  expect(await new Promise<number | null>((resolve) => waiting.once("exit", resolve))).toBe(0);
  expect(output).toContain(`waiting for process ${holder.pid}`);
  expect(existsSync(join(dir, ".cache/prepare.lock"))).toBe(false);
});

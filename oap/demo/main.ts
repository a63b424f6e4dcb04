/** `npm run demo`: the product, with half an hour of Bookinfo traffic already in it and more coming. It goes on until Ctrl-C.
 *  `--tally FILE` writes down what was sent, `--history-only` sends nothing live: for tests. */
import { spawn } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { announce, complain } from "../telemetry/logger.ts";
import { Sender } from "./sender.ts";
import { temporaryDir } from "./temporary.ts";
import { Traffic } from "./traffic.ts";

const SEED = 20_260_301;
const HISTORY_MS = 30 * 60_000;
/** History is sent in slices, so that the collector's pace is felt. */
const SLICE_MS = 5_000;
const LIVE_MS = 500;
/** npm passes a signal on that the process group got too: within this time they are one. */
const SAME_SIGNAL_MS = 1_000;
/** Half an hour comes within seconds: by default budgets a mesh of this size is kept whole, but not at that pace. */
const ALL_LOGS = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "1000000", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "1000000" };
const SUPERVISOR = fileURLToPath(new URL("../supervisor.ts", import.meta.url));

const { values: options } = parseArgs({ options: { tally: { type: "string" }, "history-only": { type: "boolean" } } });
const given = process.env["OAP_DATA_DIR"];
const dataDir = given ?? temporaryDir(tmpdir());

/** In a process group of its own: Ctrl-C reaches this process alone, which ends its streams before it stops the server. The IPC
 *  channel tells the server when this process is gone without having said so. */
const server = spawn(process.execPath, [SUPERVISOR], {
  env: { ...ALL_LOGS, ...process.env, OAP_DATA_DIR: dataDir },
  stdio: ["ignore", "pipe", "inherit", "ipc"],
  detached: true,
});
const ended = new Promise<number>((resolve) => server.once("exit", (code) => resolve(code ?? 1)));

const ending = new AbortController();
let signalledAt = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, signalled);

function signalled(): void {
  if (!ending.signal.aborted) {
    signalledAt = performance.now();
    ending.abort();
  } else if (performance.now() - signalledAt > SAME_SIGNAL_MS) server.kill("SIGTERM"); // the server's second: it ends at once
}

/** Passes the server's lines on, and resolves with what the line that begins with `prefix` says after it. */
const lines = createInterface({ input: server.stdout as Readable });
const waiters = new Map<string, (rest: string) => void>();
lines.on("line", (line) => {
  announce(line);
  for (const [prefix, found] of waiters) if (line.startsWith(prefix)) found(line.slice(prefix.length));
});
const lineAfter = (prefix: string): Promise<string> => new Promise((resolve) => waiters.set(prefix, resolve));

async function run(): Promise<void> {
  const [grpc, http] = await Promise.all([lineAfter("gRPC listening on "), lineAfter("HTTP listening on "), lineAfter("ready")]);
  const sender = new Sender(grpc);
  const traffic = new Traffic(SEED, (pod, entry, isTcp) => sender.add(pod, entry, isTcp));
  const startedAt = Date.now();
  let taken: Promise<void> = Promise.resolve();
  for (let at = startedAt - HISTORY_MS; at < startedAt && !ending.signal.aborted; at += SLICE_MS) {
    traffic.between(at, Math.min(startedAt, at + SLICE_MS));
    await taken; // the slice before: while it is read, this one was made
    taken = sender.flush();
  }
  await taken;
  writeTally(traffic);
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  const more = options["history-only"] ? "" : ", more every second";
  announce(`demo: 30 minutes of Bookinfo (${traffic.tally.entries} entries) sent in ${seconds} s${more}: open ${http}`);
  for (let at = startedAt; !ending.signal.aborted; ) {
    await sleep(LIVE_MS, undefined, { signal: ending.signal }).catch(() => {});
    if (options["history-only"]) continue;
    const now = Date.now();
    traffic.between(at, now);
    at = now;
    await sender.flush();
    writeTally(traffic);
  }
  await sender.close();
}

/** In one step: whoever reads it never sees half of it. */
function writeTally({ tally }: Traffic): void {
  if (options.tally === undefined) return;
  writeFileSync(`${options.tally}.new`, JSON.stringify(tally));
  renameSync(`${options.tally}.new`, options.tally);
}

await Promise.race([run(), ended]).catch((error: Error) => complain(`demo: ${error.message}`));
if (server.exitCode === null) server.kill("SIGTERM");
const code = await ended;
if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
process.exit(ending.signal.aborted ? 0 : code);

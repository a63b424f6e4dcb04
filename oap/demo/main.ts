/** `npm run demo`: the product, with half an hour of Bookinfo traffic already in it and more coming. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { announce, complain } from "../telemetry/logger.ts";
import { Sender } from "./sender.ts";
import { Traffic } from "./traffic.ts";

const SEED = 20_260_301;
const HISTORY_MS = 30 * 60_000;
/** History is sent in slices, so that the collector's pace is felt. */
const SLICE_MS = 5_000;
const LIVE_MS = 500;
const SUPERVISOR = fileURLToPath(new URL("../supervisor.ts", import.meta.url));

const given = process.env["OAP_DATA_DIR"];
const dataDir = given ?? mkdtempSync(join(tmpdir(), "sidelight-demo-"));
const tallyFile = process.argv.includes("--tally") ? process.argv[process.argv.indexOf("--tally") + 1] : undefined;

const server = spawn(process.execPath, [SUPERVISOR], {
  env: { ...process.env, OAP_DATA_DIR: dataDir },
  stdio: ["ignore", "pipe", "inherit"],
});
let ending = false;
const ended = new Promise<number>((resolve) => server.once("exit", (code) => resolve(code ?? 1)));

const end = (): void => {
  ending = true;
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);

/** Passes the server's lines on, and resolves with what the line that begins with `prefix` says after it. */
const lines = createInterface({ input: server.stdout });
const waiters = new Map<string, (rest: string) => void>();
lines.on("line", (line) => {
  announce(line);
  for (const [prefix, found] of waiters) if (line.startsWith(prefix)) found(line.slice(prefix.length));
});
const lineAfter = (prefix: string): Promise<string> => new Promise((resolve) => waiters.set(prefix, resolve));

async function run(): Promise<void> {
  const [grpc, http] = await Promise.all([lineAfter("gRPC listening on "), lineAfter("HTTP listening on "), lineAfter("ready")]);
  const sender = new Sender(grpc);
  const traffic = new Traffic(SEED, (pod, entry, isTcp) => {
    traffic.tally.entries++;
    sender.add(pod, entry, isTcp);
  });
  const startedAt = Date.now();
  let at = startedAt - HISTORY_MS;
  for (; at < startedAt && !ending; at += SLICE_MS) {
    traffic.between(at, Math.min(startedAt, at + SLICE_MS));
    await sender.flush();
  }
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  announce(
    `demo: 30 minutes of Bookinfo (${traffic.tally.entries} entries) sent in ${seconds} s, more every second: open ${http}`,
  );
  for (at = startedAt; !ending; ) {
    const now = Date.now();
    traffic.between(at, now);
    at = now;
    await sender.flush();
    if (tallyFile !== undefined) writeFileSync(tallyFile, JSON.stringify(traffic.tally));
    await sleep(LIVE_MS);
  }
  await sender.close();
  if (tallyFile !== undefined) writeFileSync(tallyFile, JSON.stringify(traffic.tally));
}

await Promise.race([run(), ended]).catch((error: Error) => complain(`demo: ${error.message}`));
if (server.exitCode === null) server.kill("SIGTERM");
const code = await ended;
if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
process.exit(ending ? 0 : code);

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface ProcessOptions {
  readonly command?: readonly string[];
  readonly dataDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The product as its users start it, in a process group of its own, on free ports and a fresh data directory. */
export function startProcess({ command = [process.execPath, "oap/supervisor.ts"], dataDir, settings = {} }: ProcessOptions = {}) {
  const dir = dataDir ?? mkdtempSync(join(tmpdir(), "sidelight-process-"));
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("OAP_") && name !== "VITEST"),
  );
  const env = { ...inherited, OAP_DATA_DIR: dir, OAP_GRPC_PORT: "0", OAP_HTTP_PORT: "0", ...settings };
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (bytes: Buffer) => (output.out += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (output.err += bytes.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return new RunningProcess(child, dir, output, exited, dataDir === undefined);
}

export class RunningProcess {
  readonly child: ChildProcess;
  readonly dir: string;
  readonly output: { readonly out: string; readonly err: string };
  readonly exited: Promise<number | null>;
  readonly #ownsDir: boolean;

  constructor(
    child: ChildProcess,
    dir: string,
    output: { out: string; err: string },
    exited: Promise<number | null>,
    ownsDir: boolean,
  ) {
    this.child = child;
    this.dir = dir;
    this.output = output;
    this.exited = exited;
    this.#ownsDir = ownsDir;
  }

  /** What follows `prefix` on its line, once it was printed. */
  async line(prefix: string): Promise<string> {
    for (let waited = 0; waited < 40_000; waited += 25) {
      const found = this.output.out.split("\n").find((line) => line.startsWith(prefix));
      if (found !== undefined && this.output.out.includes(`${found}\n`)) return found.slice(prefix.length);
      if (this.child.exitCode !== null) break;
      await sleep(25);
    }
    throw new Error(`"${prefix}" was not printed; it said:\n${this.output.out}${this.output.err}`);
  }

  async ready(): Promise<{ grpc: string; http: string }> {
    const grpc = await this.line("gRPC listening on ");
    const http = await this.line("HTTP listening on ");
    await this.line("ready");
    return { grpc, http };
  }

  /** To the process alone, or to its whole group as a terminal does. */
  signal(signal: NodeJS.Signals, group = false): void {
    if (this.child.pid !== undefined) process.kill(group ? -this.child.pid : this.child.pid, signal);
  }

  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.signal("SIGKILL", true);
      await this.exited;
    }
    if (this.#ownsDir) rmSync(this.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

export async function ask<T>(http: string, query: string, variables: object = {}): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${http}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const body = (await answer.json()) as { data: T; errors?: { message: string }[] };
  if (body.errors !== undefined) throw new Error(body.errors.map(({ message }) => message).join("; "));
  return body.data;
}

/** Asks until `accept` is true of the answer, for what takes a moment to arrive. */
export async function until<T>(read: () => Promise<T>, accept: (value: T) => boolean, withinMs = 20_000): Promise<T> {
  let last: T | undefined;
  for (let waited = 0; waited < withinMs; waited += 200) {
    last = await read().catch(() => undefined);
    if (last !== undefined && accept(last)) return last;
    await sleep(200);
  }
  throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(last)}`);
}

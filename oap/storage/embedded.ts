/** Starts, watches and restarts the embedded ClickHouse: the library of npm chdb in a process of its own, speaking
 *  ClickHouse's HTTP interface on a loopback port. One per data directory. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "../model/errors.ts";
import type { Connection } from "./connection.ts";
import { withdrawOrphanTokens } from "./deduplication-log.ts";
import { lockDirectory } from "./directory-lock.ts";
import { EMBEDDED_USER, embeddedConfig } from "./embedded-config.ts";
import type { EmbeddedArguments } from "./embedded-process.ts";

export interface EmbeddedOptions {
  /** Everything it writes is under this directory. */
  readonly dir: string;
  readonly memoryBytes: number;
  /** Told when the process died by itself and is being replaced. */
  readonly onRestart?: (detail: { readonly exit: string; readonly said: string; readonly restarts: number }) => void;
  /** Told of inserts that a killed ClickHouse had noted and not made: they can be made again now. */
  readonly onTokensWithdrawn?: (tokens: number) => void;
}

const START_TIMEOUT_MS = 30_000;
const REPLACE_TIMEOUT_MS = 120_000;
/** Deaths in a row, without an answer between them, after which a first start gives up. */
const FAILURES_MAX = 6;
const FAILURE_DELAY_MS = 100;
const FAILURE_DELAY_MAX_MS = 5_000;
/** The end of what ClickHouse wrote to its error output: why it did not come up. */
const SAID_MAX = 1_000;
/** It wakes twice a second, and a stop waits for that. Whoever waits for its progress would look ten times a second: a fifth of a percent of a core. */
const WAIT_STATEMENT =
  "SELECT sleepEachRow(0.5) FROM numbers(1000000000) SETTINGS max_block_size = 1, max_threads = 1, interactive_delay = 10000000 FORMAT Null";
/** Questions and merges take all cores for a while; whoever takes entries and answers questions waits for none of them then. */
const NICE = 5;
const STOP_TIMEOUT_MS = 4_000;
const ASK_TIMEOUT_MS = 2_000;
const POLL_MS = 25;

/** @throws StorageError when the directory is in use or cannot be written, or ClickHouse does not come up. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const embedded = new Embedded(options);
  await embedded.start();
  return embedded;
}

export class Embedded {
  restarts = 0;
  /** See onTokensWithdrawn. */
  tokensWithdrawn = 0;
  readonly connection: Connection;
  readonly #options: EmbeddedOptions;
  #port = 0;
  #child: ChildProcess | null = null;
  #stopping = false;
  /** Deaths since it last answered. */
  #failures = 0;
  #said = "";
  #unlock = (): void => {};

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    const password = randomBytes(18).toString("base64url");
    const port = (): number => this.#port;
    this.connection = {
      get url() {
        return `http://127.0.0.1:${port()}`;
      },
      username: EMBEDDED_USER,
      password,
    };
  }

  /** Process id of ClickHouse, for tests that kill it; null while there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    this.#unlock = lockDirectory(this.#options.dir);
    try {
      this.#writeConfig();
      await this.#spawn();
      if (await this.#comesUp(FAILURES_MAX, START_TIMEOUT_MS)) return;
    } catch (cause) {
      await this.stop();
      throw cause;
    }
    const said = this.#said.trim();
    await this.stop();
    throw new StorageError(`the embedded ClickHouse did not start in ${this.#options.dir}: ${said || "it does not answer"}`, {
      retryable: false,
    });
  }

  /** Ends ClickHouse cleanly, or by force when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await this.#ask(`KILL QUERY WHERE query LIKE 'SELECT sleepEachRow%' AND user != '${EMBEDDED_USER}' ASYNC`).catch(() => {});
      await exited;
      clearTimeout(timer);
    }
    this.#unlock();
  }

  #writeConfig(): void {
    const { dir, memoryBytes } = this.#options;
    const path = join(dir, "config.xml");
    try {
      mkdirSync(join(dir, "data"), { recursive: true, mode: 0o700 });
      writeFileSync(path, embeddedConfig(path, this.connection.password, memoryBytes), { mode: 0o600 });
    } catch (cause) {
      throw new StorageError(`cannot write the data directory ${dir}: ${(cause as Error).message}`, { retryable: false, cause });
    }
  }

  /** On the port it had, so that idle connections find it again, unless somebody took that in the meantime. */
  async #spawn(): Promise<void> {
    this.#port = await freePort(this.#port);
    if (this.#stopping) return;
    const { dir } = this.#options;
    const withdrawn = withdrawOrphanTokens(join(dir, "data"));
    this.tokensWithdrawn += withdrawn;
    if (withdrawn > 0) this.#options.onTokensWithdrawn?.(withdrawn);
    const line: EmbeddedArguments = {
      library: libraryPath(),
      dataPath: join(dir, "data"),
      configPath: join(dir, "config.xml"),
      httpPort: this.#port,
      waitStatement: WAIT_STATEMENT,
    };
    const child = fork(new URL("./embedded-process.ts", import.meta.url), [JSON.stringify(line)], {
      env: { ...process.env, TZ: "UTC" },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    lowerPriority(child);
    this.#said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-SAID_MAX);
    });
    child.once("error", (error) => this.#exited(child, error.message));
    child.once("close", (code, signal) => this.#exited(child, signal ?? String(code))); // exit, and all it said is read
  }

  #exited(child: ChildProcess, exit: string): void {
    if (this.#child !== child) return; // told already
    this.#child = null;
    if (this.#stopping) return;
    this.restarts++;
    this.#failures++;
    this.#options.onRestart?.({ exit, said: this.#said.trim(), restarts: this.restarts });
    // At once when it had answered, slower when it keeps dying.
    const delayMs = Math.min(FAILURE_DELAY_MAX_MS, FAILURE_DELAY_MS * (this.#failures - 1));
    setTimeout(() => void this.#replace(), delayMs);
  }

  async #replace(): Promise<void> {
    if (this.#stopping) return;
    try {
      await this.#spawn();
    } catch {
      setTimeout(() => void this.#replace(), FAILURE_DELAY_MAX_MS); // no port, no process: the machine is short of them
      return;
    }
    // A process that lives but does not answer is no better than a dead one.
    const child = this.#child;
    if (!(await this.#comesUp(1, REPLACE_TIMEOUT_MS)) && this.#child === child) child?.kill("SIGKILL");
  }

  /** @returns false when it did not answer in time, or died that often before it did. */
  async #comesUp(failuresMax: number, withinMs: number): Promise<boolean> {
    const failuresEnd = this.#failures + failuresMax;
    const endsAt = performance.now() + withinMs;
    while (performance.now() < endsAt && this.#failures < failuresEnd && !this.#stopping) {
      const answers = await this.#ask("SELECT 1").then(
        () => true,
        () => false,
      ); // prettier-ignore
      if (answers) {
        this.#failures = 0;
        return true;
      }
      await sleep(POLL_MS);
    }
    return false;
  }

  /** On a connection of its own: ClickHouse waits five seconds for idle ones when it ends. */
  #ask(statement: string): Promise<void> {
    const { username, password } = this.connection;
    const headers = { "X-ClickHouse-User": username, "X-ClickHouse-Key": password };
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, method: "POST", headers, agent: false, timeout: ASK_TIMEOUT_MS };
      const asked = request(options, (answer) => {
        answer.resume();
        if (answer.statusCode === 200) answer.on("end", () => resolve());
        else reject(new StorageError(`ClickHouse answered ${answer.statusCode}`, { retryable: true }));
      });
      asked.on("timeout", () => asked.destroy(new StorageError("ClickHouse does not answer", { retryable: true })));
      asked.on("error", reject);
      asked.end(statement);
    });
  }
}

/** ClickHouse's library as npm installed it for this platform. */
export function libraryPath(): string {
  const platform = process.platform === "linux" ? `linux-${process.arch}-gnu` : `${process.platform}-${process.arch}`;
  try {
    // As chdb finds it: npm may have put the platform's package beside chdb or below it.
    const chdb = createRequire(createRequire(import.meta.url).resolve("chdb"));
    return join(chdb.resolve(`@chdb/lib-${platform}/package.json`), "..", "libchdb.so");
  } catch (cause) {
    throw new StorageError(`there is no embedded ClickHouse for ${platform}: set storage.url to a ClickHouse server`, {
      retryable: false,
      cause,
    });
  }
}

/** `wanted` when nobody listens there, else any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE);
  } catch {
    // it ended already, and is seen to
  }
}

/** Starts, watches and restarts the embedded ClickHouse: the library of npm chdb in a process of its own, speaking
 *  ClickHouse's HTTP interface on a loopback port. One per data directory. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "../model/errors.ts";
import { EMBEDDED_USER, embeddedConfig } from "./embedded-config.ts";
import type { EmbeddedArguments } from "./embedded-process.ts";

export interface EmbeddedOptions {
  /** Everything it writes is under this directory. */
  readonly dir: string;
  readonly maxMemoryBytes: number;
  /** Told when the process died by itself and is being replaced. */
  readonly onRestart?: (detail: { readonly exit: string; readonly restarts: number }) => void;
}

export interface Connection {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

const START_TIMEOUT_MS = 30_000;
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
  readonly connection: Connection;
  readonly #options: EmbeddedOptions;
  readonly #waitStatement: string;
  readonly #lockPath: string;
  #port = 0;
  #child: ChildProcess | null = null;
  #stopping = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#lockPath = join(options.dir, "lock");
    this.#waitStatement = `SELECT sleepEachRow(0.25) FROM numbers(1000000000) SETTINGS max_block_size = 1, max_threads = 1, log_comment = '${randomUUID()}' FORMAT Null`;
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
    this.#takeDirectory();
    this.#port = await freePort();
    const configPath = join(this.#options.dir, "config.xml");
    writeFileSync(configPath, embeddedConfig(configPath, this.connection.password, this.#options.maxMemoryBytes), {
      mode: 0o600,
    });
    this.#spawn();
    await this.#untilUp();
  }

  /** Ends ClickHouse cleanly, or by force when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      await this.#ask(`KILL QUERY WHERE query LIKE 'SELECT sleepEachRow%' AND user != '${EMBEDDED_USER}' ASYNC`).catch(() => {});
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    }
    rmSync(this.#lockPath, { force: true });
  }

  #takeDirectory(): void {
    const { dir } = this.#options;
    try {
      mkdirSync(join(dir, "data"), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new StorageError(`cannot write the data directory ${dir}: ${(cause as Error).message}`, { retryable: false, cause });
    }
    const holder = lockHolder(this.#lockPath);
    if (holder !== null && holder !== process.pid) {
      throw new StorageError(`the data directory ${dir} is in use by process ${holder}`, { retryable: false });
    }
    writeFileSync(this.#lockPath, String(process.pid));
  }

  #spawn(): void {
    const line: EmbeddedArguments = {
      library: libraryPath(),
      dataPath: join(this.#options.dir, "data"),
      configPath: join(this.#options.dir, "config.xml"),
      httpPort: this.#port,
      waitStatement: this.#waitStatement,
    };
    const child = fork(new URL("./embedded-process.ts", import.meta.url), [JSON.stringify(line)], {
      env: { ...process.env, TZ: "UTC" },
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    child.once("exit", (code, signal) => this.#exited(signal ?? String(code)));
  }

  #exited(exit: string): void {
    this.#child = null;
    if (this.#stopping) return;
    this.restarts++;
    this.#options.onRestart?.({ exit, restarts: this.restarts });
    // The same port again, so that the client's address stays; at once the first time, slower when it keeps dying.
    setTimeout(() => this.#stopping || this.#spawn(), Math.min(5_000, 100 * (this.restarts - 1)));
  }

  async #untilUp(): Promise<void> {
    for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += POLL_MS) {
      if (
        await this.#ask("SELECT 1").then(
          () => true,
          () => false,
        )
      )
        return; // prettier-ignore
      if (this.restarts > 30) break;
      await sleep(POLL_MS);
    }
    await this.stop();
    throw new StorageError(`the embedded ClickHouse did not start in ${this.#options.dir}`, { retryable: false });
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

/** The live process that holds a lock file; null when nobody does. A process that is gone holds nothing. */
function lockHolder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    if (!Number.isInteger(pid) || pid <= 0) return null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? 1 : null;
  }
}

/** ClickHouse's library as npm installed it for this platform. */
function libraryPath(): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === "linux" ? `linux-${process.arch}-gnu` : `${process.platform}-${process.arch}`;
  try {
    return join(require.resolve(`@chdb/lib-${platform}/package.json`), "..", "libchdb.so");
  } catch (cause) {
    throw new StorageError(`there is no embedded ClickHouse for ${platform}: set storage.url to a ClickHouse server`, {
      retryable: false,
      cause,
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** One process of the product and its place: started, told things, handed sockets, replaced when it dies. */
import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import type { Config } from "./config/schema.ts";
import type { FromChild, IngestStatus, Role, ToChild } from "./model/ipc.ts";
import type { Logger } from "./telemetry/logger.ts";

/** A process that lived shorter than this is started again only after a while. */
const SHORT_LIFE_MS = 5_000;
const BACK_OFF_MAX_MS = 5_000;
/** A process that was killed from outside did nothing wrong: it is back within a second however often that happens. */
const KILLED_BACK_OFF_MAX_MS = 400;

/** A status that old is told no more: what it says may no longer be so. */
const STALE_SECONDS = 5;

export class ProcessSlot {
  status: IngestStatus | null = null;
  /** Connections closed because too many were held. */
  socketsRefused = 0;
  #child: ChildProcess | null = null;
  #accepting = false;
  #stopping = false;
  #startedAt = 0;
  #backOffMs = 0;
  /** Since it last said anything; in turns of our own loop, so that a machine that slept does not count against it. */
  #silentSeconds = 0;
  #held: Socket[] = [];
  /** Handed over, and not yet taken: our copy stays open till then, and is closed when the process dies first. Left to Node it
   *  would stay open for ever, and the proxy at its other end would wait on a connection that nobody reads. */
  #inFlight: Socket[] = [];
  readonly role: Role;
  readonly index: number;
  readonly #config: Config;
  readonly #log: Logger;
  readonly #onMessage: (message: FromChild, slot: ProcessSlot) => void;
  /** Called when the process died and its status with it. */
  onDeath: () => void = () => {};

  constructor(
    role: Role,
    index: number,
    config: Config,
    log: Logger,
    onMessage: (message: FromChild, slot: ProcessSlot) => void,
  ) {
    this.role = role;
    this.index = index;
    this.#config = config;
    this.#log = log;
    this.#onMessage = onMessage;
  }

  /** Sockets handed over and not yet closed are not known here: connections in total are what balances. */
  handedOver = 0;

  start(): void {
    this.#startedAt = performance.now();
    const child = fork(new URL(`./${this.role}.ts`, import.meta.url), [], {
      serialization: "advanced",
      env: { ...process.env, TZ: "UTC" },
    });
    this.#child = child;
    child.on("message", (message: FromChild) => this.#received(message));
    child.on("error", (error) => this.#log.error({ role: this.role, error: error.message }, "a process could not be reached"));
    child.once("exit", (code, signal) => this.#exited(code, signal));
    this.send({ type: "start", settings: this.#config, index: this.index });
  }

  send(message: ToChild<Config>): void {
    if (this.#child?.connected) this.#child.send(message);
  }

  take(socket: Socket): void {
    const isTaking = this.#accepting && this.#child?.connected;
    // A process that lives and takes nothing holds them just as one that is away.
    if ((isTaking ? this.#inFlight : this.#held).length >= this.#config["grpc.heldConnections"]) {
      this.socketsRefused++;
      socket.destroy();
    } else if (isTaking) {
      this.handedOver++;
      this.#inFlight.push(socket);
      this.#child?.send({ type: "socket" } satisfies ToChild<Config>, socket, { keepOpen: true });
    } else this.#held.push(socket);
  }

  /** To be called every second. A process that has said nothing for too long hangs: it is killed, and replaced like any that died. */
  everySecond(): void {
    if (!this.#accepting || this.#stopping) return;
    this.#silentSeconds++;
    if (this.#silentSeconds > STALE_SECONDS) this.status = null;
    if (this.#silentSeconds * 1_000 <= this.#config["process.silentMax"]) return;
    this.#log.error({ role: this.role, index: this.index, seconds: this.#silentSeconds }, "a process says nothing and is killed");
    this.#silentSeconds = 0;
    this.#child?.kill("SIGKILL");
  }

  /** Asks the process to end; kills it when it does not within the time. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((done) => child.once("exit", () => done()));
    this.send({ type: "stop" });
    const timer = setTimeout(() => {
      this.#log.error({ role: this.role }, "a process did not end in time and was killed");
      child.kill("SIGKILL");
    }, withinMs);
    await exited;
    clearTimeout(timer);
  }

  #received(message: FromChild): void {
    this.#silentSeconds = 0;
    if (message.type === "accepting") {
      this.#accepting = true;
      for (const socket of this.#held.splice(0)) this.take(socket);
    }
    if (message.type === "took") this.#inFlight.shift()?.destroy();
    if (message.type === "status") this.status = message.status;
    this.#onMessage(message, this);
  }

  #exited(code: number | null, signal: string | null): void {
    this.#accepting = false;
    this.#child = null;
    this.handedOver = 0;
    this.status = null; // else its counters would be told as those of the process that replaces it
    for (const socket of this.#inFlight.splice(0)) socket.destroy();
    if (this.#stopping) return;
    this.onDeath();
    const livedMs = performance.now() - this.#startedAt;
    const longest = signal === "SIGKILL" ? KILLED_BACK_OFF_MAX_MS : BACK_OFF_MAX_MS;
    this.#backOffMs = livedMs < SHORT_LIFE_MS ? Math.min(longest, this.#backOffMs * 2 + 200) : 0;
    this.#log.error({ role: this.role, index: this.index, code, signal }, "a process died and is being replaced");
    setTimeout(() => this.#stopping || this.start(), this.#backOffMs);
  }
}

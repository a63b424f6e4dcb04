/** What `npm start` runs: owns the listening sockets, starts the other processes, replaces those that die, and ends all in
 *  order. Does nothing else. Sockets are accepted here and handed over, so that no connection is refused while a process is
 *  being replaced. */
import { createServer, type Server, type Socket } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "../query/access/loopback.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/schema.ts";
import { ConfigError, ListenError } from "./model/errors.ts";
import type { FromChild } from "./model/ipc.ts";
import { ProcessSlot } from "./process-slot.ts";
import { BoundLog } from "./telemetry/bound-log.ts";
import { announce, complain, createLogger, type Logger } from "./telemetry/logger.ts";
import { HealthMonitor } from "./telemetry/process-health.ts";
import { tlsFilesOf } from "./tls/settings.ts";

const STOP_INGEST_MS = 3_000;
const STOP_MAIN_MS = 6_500;
const SECOND_MS = 1_000;
/** npm passes a signal on that the process group got too: within this time they are one. */
const SAME_SIGNAL_MS = 1_000;
const EXIT_CONFIG = 78;

class Supervisor {
  readonly #config: Config;
  readonly #main: ProcessSlot;
  readonly #ingest: ProcessSlot[];
  readonly #servers: Server[] = [];
  readonly #health = new HealthMonitor();
  readonly #bounds: BoundLog;
  #listeners: { protocol: string; address: string }[] = [];
  #announcedReady = false;
  #stopping: Promise<void> | null = null;

  constructor(config: Config, log: Logger) {
    this.#config = config;
    this.#bounds = new BoundLog(log);
    const onMessage = (message: FromChild, slot: ProcessSlot): void => this.#received(message, slot);
    this.#main = new ProcessSlot("main", 0, config, log, onMessage);
    this.#ingest = Array.from(
      { length: config["ingest.processes"] },
      (_, index) => new ProcessSlot("ingest", index, config, log, onMessage),
    );
    for (const slot of this.#ingest) slot.onDeath = () => this.#tellSetup();
  }

  async start(): Promise<void> {
    const config = this.#config;
    const grpc = await this.#listen(config["grpc.host"], config["grpc.port"], "OAP_GRPC_PORT", (socket) =>
      this.#leastLoaded().take(socket),
    );
    const http = await this.#listen(config["http.host"], config["http.port"], "OAP_HTTP_PORT", (socket) =>
      this.#main.take(socket),
    );
    for (const slot of this.#ingest) slot.start();
    this.#main.start();
    this.#listeners = announceListeners(config, grpc, http);
    setInterval(() => this.#everySecond(), SECOND_MS).unref();
  }

  /** Stops accepting, then everything in the order that loses nothing: streams, memory, spool, storage. */
  stop(exitCode: number): Promise<void> {
    this.#stopping ??= (async () => {
      for (const server of this.#servers) server.close();
      await Promise.all(this.#ingest.map((slot) => slot.stop(STOP_INGEST_MS)));
      await this.#main.stop(STOP_MAIN_MS);
      process.exit(exitCode);
    })();
    return this.#stopping;
  }

  #received(message: FromChild, slot: ProcessSlot): void {
    if (message.type === "failed") {
      complain(message.message);
      void this.stop(message.exitCode);
    } else if (message.type === "closeAfter") for (const ingest of this.#ingest) ingest.send(message);
    else if (message.type === "questions") {
      this.#main.send({ type: "questions", from: slot.index, questions: message.questions });
    } else if (message.type === "answers") this.#ingest[message.to]?.send({ type: "answers", answers: message.answers });
    else if (message.type === "logDemand") this.#main.send({ type: "logDemand", from: slot.index, demand: message.demand });
    else if (message.type === "logRates") this.#ingest[message.to]?.send({ type: "logRates", rates: message.rates });
    else if (message.type === "keptRequests") {
      for (const ingest of this.#ingest) if (ingest !== slot) ingest.send(message);
    } else if (message.type === "ready" && !this.#announcedReady) {
      this.#announcedReady = true;
      this.#tellSetup();
      announce("ready");
    } else if (message.type === "accepting" && slot === this.#main) this.#tellSetup();
  }

  #everySecond(): void {
    for (const slot of [this.#main, ...this.#ingest]) slot.everySecond();
    this.#tellSetup();
  }

  #tellSetup(): void {
    const ingest = this.#ingest.flatMap(({ status }) => status ?? []);
    const counters = { socketsRefused: [this.#main, ...this.#ingest].reduce((sum, slot) => sum + slot.socketsRefused, 0) };
    this.#bounds.check(counters, Date.now());
    const supervisor = { health: this.#health.sample(), counters };
    this.#main.send({ type: "setup", listeners: this.#listeners, ingest, supervisor });
  }

  #leastLoaded(): ProcessSlot {
    return this.#ingest.reduce((least, slot) => (slot.handedOver < least.handedOver ? slot : least));
  }

  async #listen(host: string, port: number, variable: string, accept: (socket: Socket) => void): Promise<number> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, accept);
    this.#servers.push(server);
    return await listening(server, host, port, variable);
  }
}

function listening(server: Server, host: string, port: number, variable: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "somebody else listens there" : cause.message;
      fail(new ListenError(`cannot listen on ${host}:${port}: ${why} (set ${variable} to use another port)`, cause));
    });
    server.listen(port, host, () => done((server.address() as { port: number }).port));
  });
}

function announceListeners(config: Config, grpc: number, http: number): { protocol: string; address: string }[] {
  const grpcAddress = address(config["grpc.host"], grpc);
  const httpAddress = address(config["http.host"], http);
  announce(`gRPC listening on ${grpcAddress}`);
  announce(`HTTP listening on ${config["http.tls.certFile"] === null ? "http" : "https"}://${httpAddress}`);
  announce(`data in ${resolve(config["data.dir"])}`);
  return [
    { protocol: "grpc", address: grpcAddress },
    { protocol: "http", address: httpAddress },
  ];
}

function address(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Everything but the database in this process. */
async function startAlone(config: Config, log: Logger): Promise<(exitCode: number) => Promise<void>> {
  const { startIngest } = await import("./ingest.ts");
  const { Main } = await import("./main.ts");
  const clock = { now: () => Date.now() };
  const main = new Main(config, clock, log);
  const ingest = await startIngest(config, 0, clock, log);
  const grpc = await ingest.listen(config["grpc.host"], config["grpc.port"]);
  ingest.ask = (questions) => ingest.learn(main.endpoints.answer(questions));
  if (ingest.logs !== null) {
    ingest.logs.onDemand = (demand) => {
      main.logRates.tell(0, demand, clock.now());
      for (const rates of main.logRates.next(clock.now()).values()) ingest.logs?.take(rates);
    };
  }
  const http = await main.http.listen(config["http.host"], config["http.port"]);
  main.listeners = announceListeners(config, grpc, http);
  const timer = setInterval(() => {
    main.ingest = [ingest.status()];
    ingest.closeAfter(main.closeAfterMs);
  }, SECOND_MS);
  const opened = main.open().then(() => announce("ready"));
  opened.catch((error: Error) => {
    complain(error.message);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  });
  return async (exitCode) => {
    clearInterval(timer);
    await ingest.stop();
    await opened;
    await main.stop();
    process.exit(exitCode);
  };
}

/** The first signal stops cleanly; one that comes later than npm's copy of it ends at once. */
function onSignals(stop: (exitCode: number) => void): void {
  let firstAt = 0;
  const signalled = (): void => {
    const now = performance.now();
    if (firstAt === 0) {
      firstAt = now;
      stop(0);
    } else if (now - firstAt > SAME_SIGNAL_MS) process.exit(1);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, signalled);
  process.once("disconnect", signalled); // whoever started it over an IPC channel, as the demo does, is gone
}

/** What the other processes would stop at once for is told before anything listens. @throws ConfigError */
async function checkDoors(config: Config): Promise<void> {
  // Loaded where there is something to check: this process is to stay small, and cryptography takes three MB.
  if (!isLoopback(config["http.host"]) || config["http.users"].length + config["http.tokens"].length > 0)
    (await import("../query/access/access.ts")).accessOf(config);
  for (const files of [tlsFilesOf(config, "http"), tlsFilesOf(config, "grpc")]) {
    if (files !== null) (await import("./tls/certificate.ts")).readCertificate(files);
  }
}

async function run(): Promise<void> {
  const config = loadConfig();
  await checkDoors(config);
  const log = createLogger("supervisor", config["log.level"]);
  if (config["ingest.processes"] === 0) {
    const stop = await startAlone(config, log);
    onSignals((exitCode) => void stop(exitCode));
    return;
  }
  const supervisor = new Supervisor(config, log);
  onSignals((exitCode) => void supervisor.stop(exitCode));
  await supervisor.start();
}

if (import.meta.main) {
  run().catch(async (error: Error) => {
    complain(error instanceof ConfigError ? `bad setting: ${error.message}` : error.message);
    await sleep(0);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  });
}

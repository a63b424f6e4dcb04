/** The one gRPC listener: limits, keepalive, stream ageing, health, graceful stop. It listens on nothing itself: the supervisor
 *  hands accepted sockets over; a process that runs alone opens its own port. */
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionInjector, Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { ListenError } from "../oap/model/errors.ts";
import type { Receiver } from "./receiver.ts";

export interface GrpcServerOptions {
  readonly maxMessageBytes: number;
  /** Connections are asked to go (GOAWAY) at about this age, so that collectors can be scaled; grpc-js adds ±10 %. */
  readonly streamMaxAgeMs: number;
  /** RSS above which all streams are paused. */
  readonly memoryMaxBytes: number;
  /** Connections open at a time; further ones are closed at once, and their proxies come back later. */
  readonly connectionsMax: number;
}

const AGE_GRACE_MS = 30_000;
const KEEPALIVE_MS = 60_000;
/** How long a stop still reads what the sockets hold. */
const LAST_READ_MS = 100;
const MEMORY_CHECK_MS = 250;

export class GrpcServer {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #receivers: readonly Receiver[];
  readonly #connectionsMax: number;
  readonly #sockets = new Set<Socket>();
  readonly #health = new HealthImplementation({ "": "SERVING" });
  readonly #memoryTimer: NodeJS.Timeout;
  #listener: NetServer | null = null;
  #paused = false;
  /** Times streams were paused because memory was short. */
  pauses = 0;
  /** Connections closed because there were too many. */
  connectionsRefused = 0;

  constructor(options: GrpcServerOptions, receivers: readonly Receiver[]) {
    this.#receivers = receivers;
    this.#connectionsMax = options.connectionsMax;
    this.#server = new Server({
      "grpc.max_receive_message_length": options.maxMessageBytes,
      "grpc.max_connection_age_ms": options.streamMaxAgeMs,
      "grpc.max_connection_age_grace_ms": AGE_GRACE_MS,
      "grpc.keepalive_time_ms": KEEPALIVE_MS,
      "grpc.max_concurrent_streams": 10_000,
    });
    this.#health.addToServer(this.#server);
    for (const receiver of receivers) receiver.mount(this.#server);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#memoryTimer = setInterval(() => this.#checkMemory(options.memoryMaxBytes), MEMORY_CHECK_MS).unref();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Takes an accepted connection. */
  accept(socket: Socket): void {
    if (this.#sockets.size >= this.#connectionsMax) {
      this.connectionsRefused++;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // a peer that goes away is no error of ours; its streams see "cancelled"
    socket.setNoDelay(true);
    this.#injector.injectConnection(socket);
  }

  /** Opens a port of its own; 0 means any free one. @returns the port. @throws ListenError naming the port */
  listen(host: string, port: number): Promise<number> {
    const listener = createServer((socket) => this.accept(socket));
    this.#listener = listener;
    return new Promise((resolve, reject) => {
      listener.once("error", (cause) => reject(new ListenError(`cannot listen on ${host}:${port}: ${cause.message}`, cause)));
      listener.listen(port, host, () => resolve((listener.address() as { port: number }).port));
    });
  }

  /** Stops accepting, reads what the sockets still hold, answers all streams and closes. What came in is with the sink then. */
  async stop(): Promise<void> {
    clearInterval(this.#memoryTimer);
    this.#health.setStatus("", "NOT_SERVING");
    this.#listener?.close();
    await sleep(this.#sockets.size === 0 ? 0 : LAST_READ_MS);
    for (const receiver of this.#receivers) receiver.finishStreams();
    await sleep(0); // the answers are written
    this.#injector.destroy();
    this.#server.forceShutdown();
    for (const socket of this.#sockets) socket.destroySoon();
  }

  #checkMemory(maxBytes: number): void {
    const isOver = process.memoryUsage.rss() > maxBytes;
    if (isOver === this.#paused) return;
    this.#paused = isOver;
    if (isOver) this.pauses++;
    for (const receiver of this.#receivers) {
      if (isOver) receiver.pause();
      else receiver.resume();
    }
  }
}

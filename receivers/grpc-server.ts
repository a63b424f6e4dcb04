/** The one gRPC listener: limits, keepalive, stream ageing, health, graceful stop. It listens on nothing itself: the supervisor
 *  hands accepted sockets over; a process that runs alone opens its own port. */
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionInjector, Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { ListenError } from "../oap/model/errors.ts";
import type { MakeTerminator } from "../oap/model/ports.ts";
import { collectByUse, openInjector } from "./http2-server.ts";
import { RawStreams } from "./raw-stream.ts";
import type { Receiver } from "./receiver.ts";
import { StreamGuard } from "./stream-guard.ts";

export interface GrpcServerOptions {
  readonly maxMessageBytes: number;
  /** Connections are asked to go (GOAWAY) at about this age, so that collectors can be scaled; grpc-js adds ±10 %. */
  readonly streamMaxAgeMs: number;
  /** RSS that is not exceeded: all streams are paused before it is reached. */
  readonly memoryMaxBytes: number;
  /** What counts as used of it: RSS, unless a test says otherwise. */
  readonly memoryBytes?: () => number;
  /** Streams, and connections, held at a time. */
  readonly streamsMax: number;
  /** Ends TLS on each connection when given. */
  readonly tls?: MakeTerminator;
  /** Told of each stream and connection that was refused, with the reason. */
  readonly onRefused?: (reason: string) => void;
}

const AGE_GRACE_MS = 30_000;
const KEEPALIVE_MS = 60_000;
/** How long a stop still reads what the sockets hold. */
const LAST_READ_MS = 100;
/** And until the answers, each a message and then a status, are written. */
const ANSWERS_MS = 25;
const MEMORY_CHECK_MS = 250;
/** The protocol's default. */
const WINDOW_BYTES = 65_535;
/** What a stream that is not read can hold: its HTTP/2 window, and as much that node:http2 had taken out of it before. */
const PAUSED_STREAM_BYTES = 2 * WINDOW_BYTES;
/** Of the memory at which streams are paused: from here on what is free is given back soon. Short of memory that would be held by
 *  garbage alone, streams would wait for a collection that nothing asks for. */
const ROOMY_SHARE = 0.7;
/** Of the memory, what messages may take that are not complete yet. */
const PARTIAL_SHARE = 1 / 8;
/** What node:http2 itself may take for one connection, in MB: headers, streams and what is not parsed yet. */
const SESSION_MEMORY_MB = 64;
/** Headers of one request: Envoy's are some hundred bytes. */
const HEADERS_MAX_BYTES = 16 * 1024;
/** Frames that break the protocol, and streams beyond the limit, that a connection may send before it is closed. */
const INVALID_FRAMES_MAX = 100;
const REJECTED_STREAMS_MAX = 100;

export class GrpcServer {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #guard: StreamGuard;
  readonly #options: GrpcServerOptions;
  readonly #streams: RawStreams;
  readonly #sockets = new Set<Socket>();
  readonly #terminator: ReturnType<MakeTerminator> | null;
  readonly #health = new HealthImplementation({ "": "SERVING" });
  readonly #memoryTimer: NodeJS.Timeout;
  #isRoomy = true;
  #listener: NetServer | null = null;
  /** Times streams were paused because memory was short. */
  pauses = 0;

  constructor(options: GrpcServerOptions, receivers: readonly Receiver[]) {
    this.#options = options;
    this.#server = new Server({
      "grpc.max_receive_message_length": options.maxMessageBytes,
      "grpc.max_connection_age_ms": options.streamMaxAgeMs,
      "grpc.max_connection_age_grace_ms": AGE_GRACE_MS,
      "grpc.keepalive_time_ms": KEEPALIVE_MS,
      "grpc.enable_channelz": 0, // its counters would be kept per message, and nobody can read them here
    });
    this.#health.addToServer(this.#server);
    this.#streams = new RawStreams(this.#server);
    for (const receiver of receivers) receiver.mount(this.#streams);
    const { injector, http2 } = openInjector(this.#server, {
      maxSessionMemory: SESSION_MEMORY_MB,
      maxSessionInvalidFrames: INVALID_FRAMES_MAX,
      maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
      settings: {
        maxConcurrentStreams: options.streamsMax,
        initialWindowSize: WINDOW_BYTES,
        maxHeaderListSize: HEADERS_MAX_BYTES,
      },
    });
    this.#injector = injector;
    this.#terminator = options.tls?.((socket) => this.#inject(socket)) ?? null;
    this.#guard = new StreamGuard(http2, this.#streams, {
      messageMaxBytes: options.maxMessageBytes,
      partialMaxBytes: Math.max(options.maxMessageBytes + 5, options.memoryMaxBytes * PARTIAL_SHARE),
      headersMaxBytes: HEADERS_MAX_BYTES,
      streamsMax: options.streamsMax,
      onRefused: (reason) => options.onRefused?.(reason),
    });
    collectByUse(true);
    this.#memoryTimer = setInterval(() => this.#checkMemory(), MEMORY_CHECK_MS).unref();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Takes an accepted connection. */
  accept(socket: Socket): void {
    if (this.#sockets.size >= this.#options.streamsMax) {
      this.#options.onRefused?.("connections");
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    if (this.#terminator === null) this.#inject(socket);
    else this.#terminator.accept(socket);
  }

  #inject(socket: Socket): void {
    socket.on("error", () => {}); // a peer that goes away is no error of ours; its streams see "cancelled"
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
    this.#streams.finish();
    await sleep(ANSWERS_MS);
    this.#injector.destroy();
    this.#server.forceShutdown();
    for (const socket of this.#sockets) socket.destroySoon();
  }

  /** Leaves room for what the streams' windows take when they are paused, but works with half of the memory in any case. */
  #checkMemory(): void {
    const { memoryMaxBytes, memoryBytes = process.memoryUsage.rss } = this.#options;
    const limit = Math.max(memoryMaxBytes / 2, memoryMaxBytes - this.#guard.size * PAUSED_STREAM_BYTES);
    const used = memoryBytes();
    const isRoomy = used <= limit * ROOMY_SHARE;
    if (isRoomy !== this.#isRoomy) collectByUse(isRoomy);
    this.#isRoomy = isRoomy;
    const isOver = used > limit;
    if (isOver === this.#guard.isPaused) return;
    if (!isOver) this.#guard.resume();
    else {
      this.#guard.pause();
      this.pauses++;
    }
  }
}

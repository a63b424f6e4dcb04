/** The HTTP listener: which door a request goes through. It listens on nothing itself where the supervisor hands sockets over. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { ListenError } from "../oap/model/errors.ts";
import type { MakeTerminator } from "../oap/model/ports.ts";
import { LOOPBACK } from "./access/access.ts";
import { Gate } from "./access/gate.ts";
import { adminDoor } from "./admin/door.ts";
import { contextFactory, type QueryOptions } from "./context.ts";
import type { Door } from "./door.ts";
import { graphqlEndpoint } from "./graphql-endpoint.ts";
import { healthDoor } from "./health.ts";
import { decodedPath, sendText } from "./http.ts";
import { RefusedRequests } from "./limits.ts";
import { mcpDoor } from "./mcp/door.ts";
import { metricsDoor } from "./own-metrics.ts";
import { promqlDoor } from "./promql/promql-door.ts";
import { StaticFiles } from "./static-files.ts";

const STOP_MS = 1_000;

export class HttpServer {
  readonly #server: Server;
  readonly #options: QueryOptions;
  /** In this order: the first that takes a path answers; the dashboard takes the rest. */
  readonly #doors: readonly Door[];
  readonly #busy = new Set<ServerResponse>();
  /** Requests refused by their limits, and connections closed because there were too many. */
  readonly refused = new RefusedRequests();
  connectionsRefused = 0;
  /** Who is let in. */
  readonly gate: Gate;
  readonly #terminator: ReturnType<MakeTerminator> | null;
  readonly #sockets = new Set<Socket>();
  #listener: TcpServer | null = null;
  #isTimed = false;

  constructor(options: QueryOptions) {
    this.#options = options;
    this.gate = new Gate(options.access ?? LOOPBACK, options.clock);
    const makeContext = contextFactory(options, this.refused);
    const graphql = graphqlEndpoint({ options, makeContext }, this.refused);
    this.#doors = [
      graphql,
      mcpDoor(options, graphql.ask, this.refused),
      healthDoor(options),
      adminDoor({ options, makeContext }, this.refused),
      metricsDoor(options),
      promqlDoor({ options, makeContext }, this.refused),
      new StaticFiles(options.uiDir),
    ];
    this.#server = createServer((request, response) => {
      this.#busy.add(response);
      response.once("close", () => this.#busy.delete(response));
      this.#route(request, response).catch((error: Error) => {
        options.onError("a request failed", { path: request.url, error: error.message });
        if (!response.headersSent) sendText(response, 500, "internal error");
        else response.destroy();
      });
    });
    this.#terminator = options.tls?.((socket) => this.#server.emit("connection", socket)) ?? null;
    if (this.#terminator === null) this.#server.on("connection", (socket: Socket) => this.#count(socket));
  }

  /** Takes an accepted connection, paused or not. */
  accept(socket: Socket): void {
    if (!this.#isTimed && !this.#server.listening) {
      // Node checks header and request timeouts from this event on: without it a silent client would stay for ever.
      this.#server.emit("listening");
      this.#isTimed = true;
    }
    if (this.#terminator !== null) {
      this.#count(socket);
      if (!socket.destroyed) this.#terminator.accept(socket);
      return;
    }
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /** Opens a port of its own; 0 means any free one. @returns the port. @throws ListenError naming the port */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const listener =
        this.#terminator === null ? this.#server : createTcpServer({ noDelay: true }, (socket) => this.accept(socket));
      this.#listener = listener;
      listener.once("error", (cause) => reject(new ListenError(`cannot listen on ${host}:${port}: ${cause.message}`, cause)));
      listener.listen(port, host, () => resolve((listener.address() as { port: number }).port));
    });
  }

  /** Ends idle connections at once and busy ones when they are answered, after a moment at the latest. */
  async stop(): Promise<void> {
    this.#listener?.close();
    this.#server.close(); // no-op where it never listened
    this.#server.closeIdleConnections();
    const answered = [...this.#busy].map((response) => new Promise<void>((resolve) => response.once("close", resolve)));
    await within(STOP_MS, Promise.all(answered));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy(); // and those whose handshake is not done
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    const path = url === null ? null : decodedPath(url);
    if (url === null || path === null) return sendText(response, 400, "bad path");
    const caller = await this.gate.admit(request, response, path);
    if (caller !== null) await this.#doors.find((door) => door.takes(path))?.answer(request, response, url, caller);
  }

  #count(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#sockets.size <= this.#options.connectionsMax) return;
    this.connectionsRefused++;
    socket.destroy();
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

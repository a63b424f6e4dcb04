/** The HTTP listener: GraphQL, health, our own metrics, and the dashboard. It listens on nothing itself where the supervisor
 *  hands sockets over. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ListenError } from "../oap/model/errors.ts";
import type { QueryOptions } from "./context.ts";
import { type Endpoint, graphqlEndpoint } from "./graphql-endpoint.ts";
import { sendText } from "./http.ts";
import { StaticFiles } from "./static-files.ts";

const STOP_MS = 1_000;

export class HttpServer {
  readonly #server: Server;
  readonly #options: QueryOptions;
  readonly #graphql: Endpoint;
  readonly #files = new StaticFiles();

  constructor(options: QueryOptions) {
    this.#options = options;
    this.#graphql = graphqlEndpoint(options);
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch((error: Error) => {
        options.onError("a request failed", { path: request.url, error: error.message });
        if (!response.headersSent) sendText(response, 500, "internal error");
        else response.destroy();
      });
    });
  }

  /** Takes an accepted connection. */
  accept(socket: Socket): void {
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /** Opens a port of its own; 0 means any free one. @returns the port. @throws ListenError naming the port */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause) => reject(new ListenError(`cannot listen on ${host}:${port}: ${cause.message}`, cause)));
      this.#server.listen(port, host, () => resolve((this.#server.address() as { port: number }).port));
    });
  }

  /** Ends idle connections at once and busy ones after a moment. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), STOP_MS);
    if (this.#server.listening) await closed;
    else this.#server.closeAllConnections();
    clearTimeout(timer);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? "/");
    if (path === null) return sendText(response, 400, "bad path");
    if (path === "/graphql") return await this.#graphql(request, response);
    if (path === "/healthz/live") return sendText(response, 200, "live");
    if (path === "/healthz/ready")
      return this.#options.isReady() ? sendText(response, 200, "ready") : sendText(response, 503, "storage is not open yet");
    if (path === "/metrics")
      return sendText(response, 200, await this.#options.metrics(), {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      });
    this.#files.serve(request, response, path);
  }
}

function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return null;
  }
}

/** The HTTP listener with settings of its own and no storage behind it: what is asked here reads none. */
import { request } from "node:http";
import { connect } from "node:net";
import { loadConfig } from "../../oap/config/load.ts";
import { accessOf } from "../../query/access/access.ts";
import type { QueryOptions } from "../../query/context.ts";
import { HttpServer } from "../../query/server.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { KEEP_ALL } from "./clickhouse.ts";

interface HttpOptions extends Partial<Pick<QueryOptions, "uiDir" | "tls" | "connectionsMax">> {
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export async function startHttp({ settings = {}, ...more }: HttpOptions = {}) {
  const clock = { nowMs: Date.parse("2026-03-01T10:00:00Z"), now: () => clock.nowMs };
  const away = async (): Promise<never> => {
    throw new Error("there is no storage");
  };
  const http = new HttpServer({
    sql: { query: away },
    clock,
    setup: { listeners: async () => [], proxies: async () => [], problems: async () => [], server: async () => QUIET_SERVER },
    retention: KEEP_ALL,
    storage: {
      engine: "embedded",
      minFreeBytes: 0,
      shards: () => [],
      spool: () => ({ bytesWaiting: 0, oldestWaitingSeconds: 0 }),
    },
    limits: REQUEST_LIMITS,
    connectionsMax: 1_000,
    access: accessOf(loadConfig(settings)),
    node: READY_NODE,
    metrics: async () => "sidelight_up 1",
    onError: () => {},
    ...more,
  });
  const port = await http.listen("127.0.0.1", 0);

  /** With whatever headers: fetch would not send some. */
  const ask = (
    path: string,
    headers: Record<string, string> = {},
    body?: string,
    method = body === undefined ? "GET" : "POST",
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      asked.once("error", reject);
      asked.end(body);
    });
  /** The path as it stands: what other clients normalise is sent. Only the status line of the answer, and what came after the headers. */
  const askRaw = (path: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, "latin1")),
      );
      socket.setEncoding("utf8").on("data", (part: string) => (text += part));
      socket.once("error", reject);
      socket.once("close", () =>
        resolve({ status: Number(text.split(" ")[1] ?? 0), text: text.slice(text.indexOf("\r\n\r\n") + 4) }),
      );
    });
  return { http, clock, port, ask, askRaw, stop: () => http.stop() };
}

export type Http = Awaited<ReturnType<typeof startHttp>>;

export function basic(user: string, password: string): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

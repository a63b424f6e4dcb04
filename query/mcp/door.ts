/** POST /mcp: the Model Context Protocol over its Streamable HTTP transport, stateless and read-only. Only what every request needs is here: the
 *  protocol's library and the tools take some 13 MB, and come in with the first request. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { McpHttpHandler } from "@modelcontextprotocol/server";
import type { QueryOptions } from "../context.ts";
import type { Door } from "../door.ts";
import type { AskGraphql } from "../graphql-endpoint.ts";
import { readBody } from "../http.ts";
import type { RefusedRequests } from "../limits.ts";
import { ownAddress } from "./own-address.ts";

/** Messages are short: arguments of one call. */
const BODY_MAX = 262_144;
/** Of a batch, which older revisions of the protocol have. */
const MESSAGES_MAX = 10;
const INVALID_REQUEST = -32_600;

export function mcpDoor(options: QueryOptions, ask: AskGraphql, refused: RefusedRequests): Door {
  const publicUrl = options.publicUrl ?? null;
  const bodyMax = Math.min(BODY_MAX, options.limits.bodyMaxBytes);
  let handler: Promise<McpHttpHandler> | null = null;
  const answer: Door["answer"] = async (request, response) => {
    // There is no session to listen to or to end, and without one GET and DELETE mean nothing.
    if (request.method !== "POST") return refuse(request, response, 405, "MCP takes POST only", { Allow: "POST" });
    const body = await readBody(request, bodyMax);
    if (body === null) {
      refused.bodies++;
      return refuse(request, response, 413, `the body is larger than ${bodyMax} bytes`);
    }
    if (messagesOf(body) > MESSAGES_MAX) return refuse(request, response, 400, `more than ${MESSAGES_MAX} messages at once`);
    handler ??= import("./server.ts").then(({ mcpHandler }) => mcpHandler({ options, ask }));
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const asked = webRequest(request, ownAddress(request, publicUrl), body, gone.signal);
    await send(await (await handler).fetch(asked), response);
  };
  return { takes: (path) => path === "/mcp" || path === "/mcp/", answer };
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  request.resume();
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: INVALID_REQUEST, message }, id: null }));
}

/** 1 for what is no batch; broken JSON is the library's to answer. */
function messagesOf(body: string): number {
  if (!body.trimStart().startsWith("[")) return 1;
  try {
    return (JSON.parse(body) as unknown[]).length;
  } catch {
    return 1;
  }
}

function webRequest({ headers }: IncomingMessage, base: string, body: string, signal: AbortSignal): Request {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) given.set(name, [value].flat().join(", "));
  return new Request(`${base}/mcp`, { method: "POST", headers: given, body, signal });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), "Cache-Control": "no-store" });
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

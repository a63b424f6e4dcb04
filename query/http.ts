import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

/** Answers from this size on are worth compressing: maps and lists shrink to a tenth. */
const COMPRESS_FROM = 8_192;
const compress = promisify(gzip);

export function sendText(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: OutgoingHttpHeaders = {}): void {
  const type = { "Content-Type": "application/json; charset=utf-8", Vary: "Accept" };
  response.writeHead(status, { ...type, ...headers }).end(`${JSON.stringify(value, null, 2)}\n`);
}

/** Compressed where that is worth it and the client takes it. */
export async function sendPacked(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  text: string,
): Promise<void> {
  const all = { ...headers, Vary: "Accept-Encoding" };
  if (text.length < COMPRESS_FROM || !/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) {
    response.writeHead(status, all).end(text);
    return;
  }
  const packed = await compress(text, { level: constants.Z_BEST_SPEED });
  response.writeHead(status, { ...all, "Content-Encoding": "gzip" }).end(packed);
}

/** The type of a request's body as it is compared: without parameters, in lower case; "" when it has none. */
export function contentType({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The whole body as text; null when it is larger than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk); // the rest is read and dropped, so that the answer reaches the sender
  }
  return size > maxBytes ? null : Buffer.concat(chunks).toString("utf8");
}

/** Steps to other folders, other ways to write a slash, and what ends a text elsewhere: encoded, they come through the parser of addresses. */
const CROOKED = /(^|\/)\.{1,2}(\/|$)|[\\\0]/;

/** The path of a request; null when it is not encoded as it should be, or could mean another one to somebody else. */
export function decodedPath({ pathname }: URL): string | null {
  try {
    const path = decodeURIComponent(pathname);
    return CROOKED.test(path) ? null : path;
  } catch {
    return null;
  }
}

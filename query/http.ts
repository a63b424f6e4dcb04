import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

export function sendText(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: OutgoingHttpHeaders = {}): void {
  const type = { "Content-Type": "application/json; charset=utf-8", Vary: "Accept" };
  response.writeHead(status, { ...type, ...headers }).end(`${JSON.stringify(value, null, 2)}\n`);
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

/** The path of a request; null when it is not encoded as it should be. */
export function decodedPath({ pathname }: URL): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

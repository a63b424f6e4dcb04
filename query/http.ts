import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

export function sendText(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`);
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

/** The built dashboard. Every path without a dot is the app's own; its files have their hash in the name and never change. */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import type { Door } from "./door.ts";
import { decodedPath, sendText } from "./http.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
};
const DIST = fileURLToPath(new URL("../ui/dist/", import.meta.url));
const SMALL = 1_024;

interface File {
  readonly type: string;
  readonly plain: Buffer;
  readonly brotli: Buffer | null;
  readonly isHashed: boolean;
}

export class StaticFiles implements Door {
  readonly #dir: string;
  #files: ReadonlyMap<string, File> = new Map();

  /** `dir` holds the built dashboard; it is read at the first request that finds something there. */
  constructor(dir: string = DIST) {
    this.#dir = dir;
  }

  /** Whatever no other door takes. */
  takes(): boolean {
    return true;
  }

  answer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (request.method !== "GET" && request.method !== "HEAD") {
      sendText(response, 405, "only GET", { Allow: "GET, HEAD" });
      return;
    }
    if (this.#files.size === 0) this.#files = load(this.#dir);
    const path = decodedPath(url) ?? "";
    const file = this.#files.get(path.includes(".") ? path : "/index.html");
    if (file !== undefined) send(request, response, file);
    else if (path.includes(".")) sendText(response, 404, "not found");
    else sendText(response, 503, "the dashboard is not built: run npm start, or npx vite build --config ui/vite.config.ts");
  }
}

function send(request: IncomingMessage, response: ServerResponse, file: File): void {
  const takesBrotli = /\bbr\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = takesBrotli && file.brotli !== null ? file.brotli : file.plain;
  response.writeHead(200, {
    "Content-Type": file.type,
    "Content-Length": body.length,
    "Cache-Control": file.isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    "X-Content-Type-Options": "nosniff",
    ...(file.brotli === null ? {} : { Vary: "Accept-Encoding" }),
    ...(body === file.brotli ? { "Content-Encoding": "br" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function load(dir: string): Map<string, File> {
  const files = new Map<string, File>();
  let entries: Dirent[] = [];
  try {
    entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  } catch {
    return files; // not built
  }
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(dir, path).replaceAll("\\", "/")}`;
    const plain = readFileSync(path);
    const type = TYPES[extname(entry.name)] ?? "application/octet-stream";
    const isWorthIt = type !== "image/png" && plain.length > SMALL;
    const brotli = isWorthIt ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : null;
    files.set(name, { type, plain, brotli, isHashed: name.startsWith("/assets/") });
  }
  return files;
}

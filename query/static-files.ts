/** The built dashboard. Every path without a dot is the app's own; its files have their hash in the name and never change. */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { sendText } from "./http.ts";

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

export class StaticFiles {
  #files: Map<string, File> | null = null;

  serve(request: IncomingMessage, response: ServerResponse, path: string): void {
    this.#files ??= load();
    const wanted = path.includes(".") ? path : "/index.html";
    const file = this.#files.get(wanted);
    if (request.method !== "GET" && request.method !== "HEAD") return sendText(response, 405, "only GET", { Allow: "GET, HEAD" });
    if (file === undefined) {
      if (wanted === "/index.html")
        return sendText(response, 503, "the dashboard is not built: run npm start, or npx vite build --config ui/vite.config.ts");
      return sendText(response, 404, "not found");
    }
    const takesBrotli = /\bbr\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = takesBrotli && file.brotli !== null ? file.brotli : file.plain;
    response.writeHead(200, {
      "Content-Type": file.type,
      "Content-Length": body.length,
      "Cache-Control": file.isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      "X-Content-Type-Options": "nosniff",
      ...(body === file.brotli ? { "Content-Encoding": "br", Vary: "Accept-Encoding" } : {}),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}

function load(): Map<string, File> {
  const files = new Map<string, File>();
  let entries: Dirent[] = [];
  try {
    entries = readdirSync(DIST, { recursive: true, withFileTypes: true });
  } catch {
    return files; // not built
  }
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const plain = readFileSync(path);
    const type = TYPES[extname(entry.name)] ?? "application/octet-stream";
    const isText = !type.startsWith("image/png");
    const brotli =
      isText && plain.length > SMALL ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : null;
    files.set(`/${relative(DIST, path).replaceAll("\\", "/")}`, { type, plain, brotli, isHashed: path.includes("assets") });
  }
  return files;
}

/** Whether the process lives, and whether it can do its work: /healthz/live, /healthz/ready (`?part=ingest` or `query` asks for one half), and
 *  /healthcheck, as clients of the query protocol know it. */
import { formatOf } from "./accept.ts";
import type { QueryOptions } from "./context.ts";
import type { Door } from "./door.ts";
import { decodedPath, sendJson, sendText } from "./http.ts";

const LIVE = "/healthz/live";
const READY: readonly string[] = ["/healthz/ready", "/healthcheck"];
const PARTS: readonly (string | null)[] = [null, "ingest", "query"];

export function healthDoor({ node }: Pick<QueryOptions, "node">): Door {
  return {
    takes: (path) => path === LIVE || READY.includes(path),
    answer: (request, response, url) => {
      if (request.method !== "GET" && request.method !== "HEAD")
        return sendText(response, 405, "only GET", { Allow: "GET, HEAD" });
      if (decodedPath(url) === LIVE) return sendText(response, 200, "live");
      const part = url.searchParams.get("part");
      if (!PARTS.includes(part)) return sendText(response, 400, "part: ingest or query"); // a typo is not to be ready for ever
      const lacks = node.lacks().filter((one) => part === null || one.part === part);
      const status = lacks.length === 0 ? 200 : 503;
      if (formatOf(request, "text", "json") === "json") return sendJson(response, status, { ready: lacks.length === 0, lacks });
      sendText(response, status, lacks.length === 0 ? "ready" : lacks.map(({ reason }) => reason).join("\n"));
    },
  };
}

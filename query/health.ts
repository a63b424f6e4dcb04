/** Whether the process lives, and whether it can answer questions. */
import type { QueryOptions } from "./context.ts";
import type { Door } from "./door.ts";
import { sendText } from "./http.ts";

const LIVE = "/healthz/live";
const READY = "/healthz/ready";

export function healthDoor({ isReady }: Pick<QueryOptions, "isReady">): Door {
  return {
    takes: (path) => path === LIVE || path === READY,
    answer: (_, response, { pathname }) => {
      if (pathname === LIVE) sendText(response, 200, "live");
      else if (isReady()) sendText(response, 200, "ready");
      else sendText(response, 503, "storage is not open yet");
    },
  };
}

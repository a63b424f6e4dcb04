/** Our own metrics, in Prometheus' text format. */
import type { QueryOptions } from "./context.ts";
import type { Door } from "./door.ts";
import { sendText } from "./http.ts";

const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

export function metricsDoor({ metrics }: Pick<QueryOptions, "metrics">): Door {
  return {
    takes: (path) => path === "/metrics",
    answer: async (_, response) => sendText(response, 200, await metrics(), { "Content-Type": PROMETHEUS }),
  };
}

/** The way in for Grafana: Prometheus' HTTP API. */
import type { Door, DoorParts } from "../door.ts";
import type { RefusedRequests } from "../limits.ts";

/** Loaded with the first request: the grammar takes memory that most never need. */
export function promqlDoor(parts: DoorParts, refused: RefusedRequests): Door {
  const loaded = once(async () => new (await import("./api.ts")).PromqlApi(parts, refused));
  return {
    takes: (path) => path.startsWith("/api/v1/"),
    answer: async (request, response, url) => (await loaded()).answer(request, response, url),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

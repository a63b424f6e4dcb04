/** Lays maps out beside the page's own thread. */
import { type Graph, layOut } from "./layout.ts";

addEventListener("message", ({ data }: MessageEvent<{ id: number; graph: Graph }>) => {
  postMessage({ id: data.id, layout: layOut(data.graph) });
});

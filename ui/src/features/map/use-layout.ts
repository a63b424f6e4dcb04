import { useEffect, useMemo, useRef, useState } from "react";
import type { MeshMap } from "../../lib/mesh-types.ts";
import type { Graph, Layout } from "./layout.ts";

/** The layout of a map, made in a worker; made again only when nodes or edges come or go. */
export function useLayout(map: MeshMap | undefined): { readonly map: MeshMap; readonly layout: Layout } | null {
  const worker = useRef<Worker | null>(null);
  const [made, setMade] = useState<{ shape: string; layout: Layout } | null>(null);
  const shape = useMemo(() => (map === undefined ? "" : shapeOf(map)), [map]);
  useEffect(() => {
    const started = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    return () => started.terminate();
  }, []);
  useEffect(() => {
    const { current } = worker;
    if (shape === "" || current === null) return;
    const receive = ({ data }: MessageEvent<{ layout: Layout }>): void => setMade({ shape, layout: data.layout });
    current.onmessage = receive;
    current.postMessage({ id: 0, graph: JSON.parse(shape) as Graph });
  }, [shape]);
  return map === undefined || made === null || made.shape !== shape ? null : { map, layout: made.layout };
}

function shapeOf({ nodes, edges }: MeshMap): string {
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const graph: Graph = {
    nodeCount: nodes.length,
    edges: edges.map(({ source, target }): [number, number] => [index.get(source) ?? 0, index.get(target) ?? 0]),
  };
  return JSON.stringify({ ...graph, names: nodes.map(({ id }) => id) });
}

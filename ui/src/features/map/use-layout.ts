import { useEffect, useMemo, useRef, useState } from "react";
import type { MeshMap } from "../../lib/mesh-types.ts";
import type { Graph, Layout } from "./layout.ts";
import { inOrder, shapeOf } from "./map-shape.ts";

/** The layout of a map, made in a worker; made again only when nodes or edges come or go. */
export function useLayout(answer: MeshMap | undefined): { readonly map: MeshMap; readonly layout: Layout } | null {
  const worker = useRef<Worker | null>(null);
  const [made, setMade] = useState<{ shape: string; layout: Layout } | null>(null);
  const map = useMemo(() => (answer === undefined ? undefined : inOrder(answer)), [answer]);
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

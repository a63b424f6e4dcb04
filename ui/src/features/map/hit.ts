/** What lies under a point of the map. */
import type { MeshMap } from "../../lib/mesh-types.ts";
import { ends, type Highlight } from "./draw.ts";
import { type Layout, NODE_HEIGHT, NODE_WIDTH, type Point } from "./layout.ts";

const EDGE_REACH = 8;
const PIECES = 24;

export function hit(map: MeshMap, layout: Layout, at: Point): Highlight {
  const node = layout.nodes.findIndex(
    ({ x, y }) => Math.abs(at.x - x) <= NODE_WIDTH / 2 && Math.abs(at.y - y) <= NODE_HEIGHT / 2,
  );
  if (node >= 0) return { node: map.nodes[node]?.id ?? null, edge: null };
  let best: { edge: string; distance: number } | null = null;
  layout.routes.forEach((route, i) => {
    const distance = route.length === 0 ? Number.POSITIVE_INFINITY : distanceTo(ends(route), at);
    const edge = map.edges[i]?.id;
    if (edge !== undefined && distance <= EDGE_REACH && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { edge, distance };
  });
  return { node: null, edge: (best as { edge: string } | null)?.edge ?? null };
}

/** To the curve through the points, horizontal at each of them. */
function distanceTo(points: readonly Point[], at: Point): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1] as Point, points[i] as Point];
    const middle = (from.x + to.x) / 2;
    for (let piece = 0; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const u = 1 - t;
      const x = u ** 3 * from.x + 3 * u * u * t * middle + 3 * u * t * t * middle + t ** 3 * to.x;
      const y = u ** 3 * from.y + 3 * u * u * t * from.y + 3 * u * t * t * to.y + t ** 3 * to.y;
      nearest = Math.min(nearest, Math.hypot(at.x - x, at.y - y));
    }
  }
  return nearest;
}

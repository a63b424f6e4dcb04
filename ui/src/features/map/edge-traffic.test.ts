import { expect, test } from "vitest";
import type { MeshEdge, MeshEdgeSide, MeshNode } from "../../lib/mesh-types.ts";
import { nodeErrorShares } from "./edge-traffic.ts";

test("a node fails by what it reported or by what its callers saw, whichever is worse", () => {
  const node = (id: string, errorShare: number | null) =>
    ({ id, traffic: errorShare === null ? null : { errorShare } }) as MeshNode;
  const edge = (target: string, calls: number, failed: number) =>
    ({ source: "web", target, client: { calls, failed } as MeshEdgeSide, server: null }) as MeshEdge;
  const shares = nodeErrorShares({
    nodes: [node("web", 0.2), node("cart", 0), node("mail", null), node("db", 0.5)],
    edges: [
      edge("cart", 8, 2),
      edge("cart", 2, 1),
      edge("mail", 4, 4),
      edge("db", 10, 1),
      { ...edge("web", 1, 1), client: null },
    ],
  });
  expect([...shares]).toEqual([
    ["web", 0.2],
    ["cart", 0.3],
    ["mail", 1],
    ["db", 0.5],
  ]);
});

import { expect, test } from "vitest";
import type { MeshEdge, MeshEdgeSide, MeshMap, MeshNode } from "../../lib/mesh-types.ts";
import { type Graph, layOut } from "./layout.ts";
import { inOrder, shapeOf } from "./map-shape.ts";

/** Edges as the server gives them: the busiest first. */
function mapOf(calls: Readonly<Record<string, number>>): MeshMap {
  const edges = Object.entries(calls)
    .sort(([, a], [, b]) => b - a)
    .map(([ends, count]): MeshEdge => {
      const [source = "", target = ""] = ends.split(" ");
      return { id: ends, source, target, protocols: [], client: { calls: count } as MeshEdgeSide, server: null };
    });
  const names = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const nodes = [...names].map((name) => ({ id: name, name }) as MeshNode);
  return { nodes, edges, percentileError: null, truncated: false };
}

test("a map stays as it is while the same services call each other, however much", () => {
  const calm = mapOf({ "page reviews": 1_000, "page details": 1_001, "reviews ratings": 600, "gateway page": 900 });
  const later = mapOf({ "page reviews": 1_001, "page details": 1_000, "reviews ratings": 5_000, "gateway page": 10 });
  expect(calm.edges.map(({ id }) => id)).not.toEqual(later.edges.map(({ id }) => id));
  const [shape, same] = [shapeOf(inOrder(calm)), shapeOf(inOrder(later))];
  expect(same).toBe(shape);
  expect(layOut(JSON.parse(same) as Graph)).toEqual(layOut(JSON.parse(shape) as Graph));
});

test("routes stay those of their edges", () => {
  const { edges } = inOrder(mapOf({ "b c": 9, "a c": 1, "a b": 5 }));
  expect(edges.map(({ id, client }) => `${id} ${client?.calls}`)).toEqual(["a b 5", "a c 1", "b c 9"]);
});

test("a service more is another shape", () => {
  const shape = (calls: Readonly<Record<string, number>>) => shapeOf(inOrder(mapOf(calls)));
  expect(shape({ "a b": 1 })).not.toBe(shape({ "a b": 1, "a c": 1 }));
});

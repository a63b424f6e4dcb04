import { expect, test } from "vitest";
import { type Graph, layOut, NODE_HEIGHT, NODE_WIDTH } from "./layout.ts";

/** A number below i, the same every time. */
function scattered(i: number, ratio: number): number {
  return Math.floor(i * ((i * ratio) % 1));
}

/** Layered services with back edges (cycles), a self-call and isolated nodes; always the same. */
function generated(services: number): Graph {
  const edges: [number, number][] = [];
  for (let i = 1; i < services - 2; i++) {
    edges.push([scattered(i, 0.618), i]);
    if (i % 5 === 0) edges.push([i, scattered(i, 0.414)]); // may close a cycle
  }
  edges.push([3, 3]);
  return { nodeCount: services, edges };
}

function overlaps(graph: Graph): [number, number][] {
  const { nodes } = layOut(graph);
  const pairs: [number, number][] = [];
  nodes.forEach((a, i) => {
    nodes.slice(i + 1).forEach((b, j) => {
      if (Math.abs(a.x - b.x) < NODE_WIDTH && Math.abs(a.y - b.y) < NODE_HEIGHT) pairs.push([i, i + 1 + j]);
    });
  });
  return pairs;
}

test("a mesh of 60 services with cycles, a self-call and isolated nodes: every node has a place, and none lies on another", () => {
  const graph = generated(60);
  const { nodes, routes, width, height } = layOut(graph);
  expect(nodes).toHaveLength(60);
  for (const { x, y } of nodes) {
    expect(x - NODE_WIDTH / 2).toBeGreaterThanOrEqual(0);
    expect(x + NODE_WIDTH / 2).toBeLessThanOrEqual(width);
    expect(y - NODE_HEIGHT / 2).toBeGreaterThanOrEqual(0);
    expect(y + NODE_HEIGHT / 2).toBeLessThanOrEqual(height);
  }
  expect(overlaps(graph)).toEqual([]);
  expect(routes).toHaveLength(graph.edges.length);
});

test("routes lead from the source's centre to the target's, also where a cycle was broken", () => {
  const graph = generated(60);
  const { nodes, routes } = layOut(graph);
  graph.edges.forEach(([source, target], edge) => {
    expect(routes[edge]?.[0]).toEqual(nodes[source]);
    expect(routes[edge]?.at(-1)).toEqual(nodes[target]);
    if (source === target) expect(routes[edge]).toHaveLength(1);
  });
});

test("callers stand left of callees in a chain, and a diamond meets again", () => {
  const { nodes } = layOut({
    nodeCount: 4,
    edges: [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ],
  }); // prettier-ignore
  const x = nodes.map((node) => node.x);
  expect(x[0]).toBeLessThan(x[1] as number);
  expect(x[1]).toBe(x[2]);
  expect(x[3]).toBeGreaterThan(x[1] as number);
  expect(nodes[0]?.y).toBe(nodes[3]?.y);
});

test("no nodes, one node, and two that call each other have a layout", () => {
  expect(layOut({ nodeCount: 0, edges: [] })).toMatchObject({ nodes: [], routes: [] });
  expect(layOut({ nodeCount: 1, edges: [] }).nodes).toHaveLength(1);
  expect(
    overlaps({
      nodeCount: 2,
      edges: [
        [0, 1],
        [1, 0],
      ],
    }),
  ).toEqual([]); // prettier-ignore
  expect(overlaps({ nodeCount: 1, edges: [[0, 0]] })).toEqual([]);
});

test("a thousand services are laid out without one on another", () => {
  expect(overlaps(generated(1_000))).toEqual([]);
});

test("a hub's 60 callees are columns side by side: no tower, and none on another", () => {
  const callees = Array.from({ length: 60 }, (_, i) => i + 2);
  const edges: [number, number][] = [
    [0, 1],
    ...callees.map((callee): [number, number] => [1, callee]),
    [5, 62],
    [20, 62],
    [62, 63],
  ];
  const graph = { nodeCount: 64, edges };
  const { nodes, routes, width, height } = layOut(graph);
  expect(overlaps(graph)).toEqual([]);
  expect(width / height).toBeGreaterThan(0.8);
  expect(width / height).toBeLessThan(3);
  for (const [i, [source, target]] of edges.entries()) {
    expect(nodes[source]?.x).toBeLessThan(nodes[target]?.x as number);
    const xs = routes[i]?.map(({ x }) => x) as number[];
    expect(xs.toSorted((a, b) => a - b)).toEqual(xs);
  }
});

test("a thousand nodes of one caller keep a page's shape", () => {
  const { width, height } = layOut({ nodeCount: 1_001, edges: Array.from({ length: 1_000 }, (_, i) => [0, i + 1] as const) });
  expect(width / height).toBeGreaterThan(0.8);
  expect(width / height).toBeLessThan(3);
});

/** Which layer each node of a graph stands in. */
export interface Graph {
  readonly nodeCount: number;
  /** Source and target index; self-calls are allowed. */
  readonly edges: readonly (readonly [number, number])[];
}

/** Edges without self-calls, with those turned round that would close a cycle; null for self-calls. */
export function breakCycles(graph: Graph, connected: ReadonlySet<number>): (readonly [number, number] | null)[] {
  const targets = new Map<number, number[]>();
  const callers = new Map<number, number>();
  graph.edges.forEach(([source, target], edge) => {
    if (source === target) return;
    targets.set(source, [...(targets.get(source) ?? []), edge]);
    callers.set(target, (callers.get(target) ?? 0) + 1);
  });
  const turned = new Set<number>();
  const state = new Map<number, "open" | "done">();
  const visit = (start: number): void => {
    const path: { node: number; next: number }[] = [{ node: start, next: 0 }];
    state.set(start, "open");
    while (path.length > 0) {
      const top = path.at(-1) as { node: number; next: number };
      const edge = targets.get(top.node)?.[top.next++];
      if (edge === undefined) {
        state.set(top.node, "done");
        path.pop();
        continue;
      }
      const target = graph.edges[edge]?.[1] as number;
      if (state.get(target) === "open") turned.add(edge);
      else if (!state.has(target)) {
        state.set(target, "open");
        path.push({ node: target, next: 0 });
      }
    }
  };
  // Those that nobody calls first: they are where traffic comes in.
  const starts = [...connected].sort((a, b) => (callers.get(a) ?? 0) - (callers.get(b) ?? 0) || a - b);
  for (const node of starts) if (!state.has(node)) visit(node);
  return graph.edges.map(([source, target], edge) =>
    source === target ? null : turned.has(edge) ? [target, source] : [source, target],
  );
}

/** Layer of each node: one more than the furthest of its callers; nodes with callees but no callers stand right before them. */
export function longestPaths(
  nodeCount: number,
  edges: readonly (readonly [number, number] | null)[],
  connected: ReadonlySet<number>,
): number[] {
  const layer = new Array<number>(nodeCount).fill(0);
  const open = new Array<number>(nodeCount).fill(0);
  const after: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const edge of edges) {
    if (edge === null) continue;
    after[edge[0]]?.push(edge[1]);
    open[edge[1]] = (open[edge[1]] ?? 0) + 1;
  }
  const roots = [...connected].filter((node) => open[node] === 0);
  const ready = [...roots];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const target of after[node] ?? []) {
      layer[target] = Math.max(layer[target] as number, (layer[node] as number) + 1);
      open[target] = (open[target] as number) - 1;
      if (open[target] === 0) ready.push(target);
    }
  }
  for (const root of roots)
    layer[root] = Math.max(0, Math.min(...(after[root] ?? []).map((target) => layer[target] as number)) - 1);
  return layer;
}

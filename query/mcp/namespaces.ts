/** A map of services -> a map of namespaces. Numbers of a namespace come from merged columns (meshGroup); what an edge between two has is added up,
 *  and what cannot be added up is null. */
import { type SideNumbers, type SidesOf, TRAFFIC, type TrafficNumbers } from "./shapes.ts";

export interface MeshNode {
  readonly name: string;
  readonly namespace: string | null;
  readonly layers: readonly string[];
  readonly services: number;
  readonly traffic: TrafficNumbers | null;
}

export interface MeshEdge extends SidesOf {
  readonly source: string;
  readonly target: string;
  readonly protocols: readonly string[];
}

/** Namespaces with merged numbers: each costs a statement. */
const NAMESPACES_MAX = 20;
/** As the map names services without one. */
const WITHOUT = "(no namespace)";

export async function namespaces(
  { nodes, edges }: { readonly nodes: readonly MeshNode[]; readonly edges: readonly MeshEdge[] },
  // biome-ignore lint/suspicious/noExplicitAny: an answer of GraphQL
  ask: (query: string, variables: object) => Promise<any>,
): Promise<{ nodes: MeshNode[]; edges: MeshEdge[] }> {
  const groups = [...Map.groupBy(nodes, ({ namespace }) => namespace ?? "")].sort(([, a], [, b]) => callsOf(b) - callsOf(a));
  const busiest = groups.slice(0, NAMESPACES_MAX).map(([namespace], i) => [`n${i}`, namespace] as const);
  const fields = busiest.map(([key]) => `${key}: meshGroup(window: $window, namespace: $${key}) { traffic { ${TRAFFIC} } }`);
  const declared = busiest.map(([key]) => `, $${key}: String`).join("");
  const question = `query ($window: Window!${declared}) { ${fields.join(" ")} }`;
  const merged = busiest.length === 0 ? {} : await ask(question, Object.fromEntries(busiest));
  const namespaceOf = new Map(nodes.map(({ name, namespace }) => [name, namespace || WITHOUT]));
  return {
    nodes: groups.map(([namespace, members], i) => ({
      name: namespace || WITHOUT,
      namespace,
      layers: [...new Set(members.flatMap(({ layers }) => layers))],
      services: members.length,
      traffic: merged[`n${i}`]?.traffic ?? null,
    })),
    edges: edgesBetween(edges, (name) => namespaceOf.get(name) ?? WITHOUT),
  };
}

function callsOf(members: readonly MeshNode[]): number {
  return members.reduce((sum, { traffic }) => sum + (traffic?.calls ?? 0), 0);
}

/** Those within a namespace are an edge to itself. */
function edgesBetween(edges: readonly MeshEdge[], namespaceOf: (name: string) => string): MeshEdge[] {
  const pairs = Map.groupBy(edges, ({ source, target }) => `${namespaceOf(source)}\0${namespaceOf(target)}`);
  return [...pairs].map(([pair, members]) => {
    const [source = "", target = ""] = pair.split("\0");
    const protocols = [...new Set(members.flatMap((edge) => edge.protocols))];
    return {
      source,
      target,
      protocols,
      client: sumOf(members.map(({ client }) => client)),
      server: sumOf(members.map(({ server }) => server)),
    };
  });
}

function sumOf(sides: readonly (SideNumbers | null)[]): SideNumbers | null {
  const told = sides.filter((side) => side !== null);
  if (told.length === 0) return null;
  const sum = (of: (side: SideNumbers) => number): number => told.reduce((total, side) => total + of(side), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    callRate: sum(({ callRate }) => callRate),
    tcpConnections: sum(({ tcpConnections }) => tcpConnections),
    p50: null,
    p95: null,
    p99: null,
    tlsShare: null,
    mtlsShare: null,
  };
}

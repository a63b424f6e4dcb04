/** Who calls whom: services, or namespaces as wholes. */
import { z } from "zod";
import { type MeshEdge, type MeshNode, namespaces } from "../namespaces.ts";
import { idOf } from "../question.ts";
import { EDGE_SIDE, failedOf, Sides, TRAFFIC, TRAFFIC_HEAD, Traffic, trafficCells, volumeOf } from "../shapes.ts";
import { answerShape, defineTool, limit, ServiceName, WHEN } from "../tool.ts";
import { count, ms, paragraphs, percent, section, table } from "../words.ts";

const LIMIT = 60;
/** A mesh with more services is told by namespaces unless asked otherwise. */
const SERVICES_SHOWN = 60;
const QUERY = `query ($window: Window!, $around: ID, $hops: Int) {
  meshMap(window: $window, around: $around, hops: $hops) { truncated
    nodes { id name namespace layers protocol traffic { ${TRAFFIC} } }
    edges { id source target protocols client { ${EDGE_SIDE} } server { ${EDGE_SIDE} } } }
}`;

export const showTopology = defineTool({
  name: "show_topology",
  title: "Who calls whom",
  description:
    "Who calls whom, each connection as both of its ends saw it: of the whole mesh, as namespaces where there are many services, or around one service. For callers of callers ask for more hops.",
  input: z.strictObject({
    around: ServiceName.optional().describe("Only what is within so many hops of this service, in both directions."),
    hops: z.number().int().min(1).max(10).optional().describe("With around. Default 1: its callers and callees."),
    level: z
      .enum(["services", "namespaces"])
      .optional()
      .describe(`Default: services around one, and where there are at most ${SERVICES_SHOWN}; else namespaces.`),
    limit: limit(LIMIT, 300),
    ...WHEN,
  }),
  output: answerShape({
    level: z.enum(["services", "namespaces"]),
    nodes: z.array(
      z.object({
        name: z.string(),
        namespace: z.string().nullable(),
        layers: z.array(z.string()).describe("UNDEFINED: it reports nothing itself."),
        services: z.number().describe("1, or how many services a namespace has."),
        traffic: Traffic.nullable(),
      }),
    ),
    edges: z
      .array(z.object({ source: z.string(), target: z.string(), protocols: z.array(z.string()), ...Sides }))
      .describe("Busiest first. Between namespaces: sums, without percentiles."),
    totals: z.object({ nodes: z.number(), edges: z.number() }),
  }),
  answer: async ({ around, hops = 1, level, limit: most = LIMIT, ...when }, question) => {
    const asked = question.when(when);
    const { window, links } = asked;
    const centre = around === undefined ? undefined : await question.service("around", around, asked);
    const variables = { ...asked.variables, around: centre === undefined ? null : idOf(centre), hops };
    const { meshMap } = await question.ask(QUERY, variables);
    if (meshMap.truncated) question.note("The mesh is larger than a map can be: this is its busiest part.");
    const services = servicesOf(meshMap.nodes, meshMap.edges);
    const told = level ?? (centre === undefined && services.nodes.length > SERVICES_SHOWN ? "namespaces" : "services");
    const { nodes, edges } =
      told === "services"
        ? services
        : await namespaces(services, (query, named) => question.ask(query, { ...asked.variables, ...named }));
    if (told === "namespaces")
      question.note(
        `Namespaces as wholes, and sums between them, of which no latencies and shares can be told; for their ${services.nodes.length} services ask for level "services", or around one of them.`,
      );
    const shown = [...edges].sort((a, b) => volumeOf(b) - volumeOf(a)).slice(0, most);
    if (shown.length < edges.length)
      question.note(`${edges.length} connections, of which the ${shown.length} busiest are listed (limit).`);
    const shownNodes = [...nodes].sort((a, b) => (b.traffic?.calls ?? -1) - (a.traffic?.calls ?? -1)).slice(0, most);
    if (shownNodes.length < nodes.length)
      question.note(`${nodes.length} ${told}, of which the ${shownNodes.length} busiest are listed (limit).`);
    const structured = { level: told, nodes: shownNodes, edges: shown, totals: { nodes: nodes.length, edges: edges.length } };
    const link = links.map(centre === undefined ? {} : { around: centre, hops: String(hops) });
    return { window, link, structured, body: bodyOf(structured, centre) };
  },
});

/** Ends of edges by name. */
function servicesOf(nodes: readonly (Omit<MeshNode, "services"> & { readonly id: string })[], edges: readonly MeshEdge[]) {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return {
    nodes: nodes.map(({ name, namespace, layers, traffic }) => ({ name, namespace, layers, services: 1, traffic })),
    edges: edges.map(({ source, target, protocols, client, server }) => ({
      source: names.get(source) ?? source,
      target: names.get(target) ?? target,
      protocols,
      client,
      server,
    })),
  };
}

function bodyOf(
  {
    level,
    nodes,
    edges,
    totals,
  }: { level: string; nodes: readonly MeshNode[]; edges: readonly MeshEdge[]; totals: { nodes: number; edges: number } },
  centre: string | undefined,
): string {
  if (totals.nodes === 0) return "Nobody called anybody in this window.";
  const rows = edges.map((edge) => {
    const side = edge.server ?? edge.client;
    const p95s = [edge.client, edge.server].map((one) => ms(one?.p95 ?? null)).join(" / ");
    return [
      `${edge.source} → ${edge.target}`,
      edge.protocols.join(", "),
      count(volumeOf(edge)),
      count(failedOf(edge)),
      p95s,
      percent(side?.mtlsShare ?? null),
      reports(edge),
    ];
  });
  const head = `${totals.nodes} ${level}, ${totals.edges} connections${centre === undefined ? "" : ` around ${centre}`}`;
  return paragraphs(
    head,
    section(
      "Connections",
      table(["who → whom", "protocol", "calls", "failed", "p95 caller / callee", "mTLS", "reported by"], rows),
    ),
    section(
      level === "services" ? "Services" : "Namespaces",
      table(
        ["name", ...TRAFFIC_HEAD],
        nodes.map((node) => [
          node.services === 1 ? node.name : `${node.name} (${node.services} services)`,
          ...trafficCells(node.traffic),
        ]),
      ),
    ),
  );
}

function reports({ client, server }: MeshEdge): string {
  if (client !== null && server !== null) return "both";
  return client === null ? "callee only" : "caller only";
}

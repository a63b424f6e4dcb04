/** Whether calls are encrypted, and which are not. */
import { z } from "zod";
import { EDGE_SIDE, type SideNumbers, type SidesOf, TRAFFIC, volumeOf } from "../shapes.ts";
import { answerShape, defineTool, limit, WHEN } from "../tool.ts";
import { count, paragraphs, percent, section, table } from "../words.ts";

const LIMIT = 50;
const QUERY = `query ($window: Window!) {
  meshGroup(window: $window) { services traffic { ${TRAFFIC} } }
  meshMap(window: $window) { truncated nodes { id name layers } edges { source target client { ${EDGE_SIDE} } server { ${EDGE_SIDE} } } }
}`;
/** Of who reports nothing. */
const OUTSIDE = "UNDEFINED";

interface MapAnswer {
  readonly truncated: boolean;
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly layers: readonly string[] }[];
  readonly edges: readonly (SidesOf & { readonly source: string; readonly target: string })[];
}

const Connections = z.object({ seen: z.number(), mtls: z.number(), notAlways: z.number(), unknown: z.number() });
const Connection = z
  .object({
    source: z.string(),
    target: z.string(),
    calls: z.number(),
    tlsShare: z.number().nullable(),
    mtlsShare: z.number().nullable().describe("null: no proxy told."),
    reportedBy: z.enum(["client", "server"]).nullable(),
    isWithinMesh: z.boolean(),
  })
  .meta({ id: "Connection" });
type Connection = z.infer<typeof Connection>;

export const checkEncryption = defineTool({
  name: "check_encryption",
  title: "Is mTLS on everywhere?",
  description:
    "Whether calls go over mutual TLS: between services of the mesh, and from and to what is outside of it; and every connection that had calls without it, most calls first. It tells what calls did, not what policies demand.",
  input: z.strictObject({ ...WHEN, limit: limit(LIMIT, 200) }),
  output: answerShape({
    mtlsEverywhere: z
      .boolean()
      .nullable()
      .describe("Whether all calls between services of the mesh were mTLS; null: none were seen, or no proxy told."),
    tlsShare: z.number().nullable().describe("Of all calls that services received, 0 to 1; TLS of any kind."),
    mtlsShare: z.number().nullable().describe("Of all calls that services received, over mutual TLS."),
    withinMesh: Connections.describe("Connections between services that both have a proxy."),
    outside: Connections.describe("Those from or to others: clients of a gateway, external services."),
    notMtls: z.array(Connection).describe("Connections with calls without mTLS."),
  }),
  answer: async ({ limit: most = LIMIT, ...when }, question) => {
    const { variables, window, links } = question.when(when);
    const { meshGroup, meshMap } = await question.ask(QUERY, variables);
    if (meshMap.truncated) question.note("The mesh is larger than can be checked at once: this is its busiest part.");
    const all = connectionsOf(meshMap);
    const withinMesh = countsOf(all.filter(({ isWithinMesh }) => isWithinMesh));
    const outside = countsOf(all.filter(({ isWithinMesh }) => !isWithinMesh));
    const open = all.filter(({ mtlsShare }) => mtlsShare !== null && mtlsShare < 1).sort((a, b) => b.calls - a.calls);
    if (open.length > most) question.note(`${open.length} connections are not mTLS throughout, ${most} are listed (limit).`);
    const unknown = withinMesh.unknown + outside.unknown;
    if (unknown > 0)
      question.note(
        `Of ${unknown} connection${unknown === 1 ? "" : "s"} no proxy told about encryption: the called side does, and there it does not report.`,
      );
    if (open.some(({ source }) => source === "UNKNOWN"))
      question.note(
        "UNKNOWN as a caller is whoever has no proxy of the mesh: users at a gateway, probes, scrapers, pods without a sidecar.",
      );
    const everywhere = withinMesh.notAlways > 0 ? false : withinMesh.seen === 0 || withinMesh.unknown > 0 ? null : true;
    const [tlsShare, mtlsShare] = [meshGroup.traffic?.tlsShare ?? null, meshGroup.traffic?.mtlsShare ?? null];
    const structured = { mtlsEverywhere: everywhere, tlsShare, mtlsShare, withinMesh, outside, notMtls: open.slice(0, most) };
    const rows = structured.notMtls.map((one) => [
      `${one.source} → ${one.target}`,
      one.isWithinMesh ? "within" : "outside",
      count(one.calls),
      percent(one.mtlsShare),
      percent(one.tlsShare),
      one.reportedBy === "server" ? "callee" : "caller",
    ]);
    const verdict = everywhere === null ? "cannot be told" : everywhere ? "yes" : "no";
    const body = paragraphs(
      `mTLS between the services of the mesh everywhere: ${verdict}. ${told(withinMesh)}`,
      `From and to outside of the mesh: ${told(outside)}`,
      `Of all calls that services received, ${percent(mtlsShare)} were over mTLS, ${percent(tlsShare)} over TLS of any kind.`,
      section(
        "Connections with calls without mTLS",
        table(["who → whom", "mesh", "calls", "mTLS", "any TLS", "reported by"], rows),
      ),
    );
    return { window, link: links.map({ view: "table" }), structured, body };
  },
});

function connectionsOf({ nodes, edges }: MapAnswer): Connection[] {
  const ends = new Map(nodes.map((node) => [node.id, node]));
  return edges.map((edge) => {
    const [source, target] = [ends.get(edge.source), ends.get(edge.target)];
    const { side, by } = reportOf(edge);
    return {
      source: source?.name ?? edge.source,
      target: target?.name ?? edge.target,
      calls: volumeOf(edge),
      tlsShare: side?.tlsShare ?? null,
      mtlsShare: side?.mtlsShare ?? null,
      reportedBy: by,
      isWithinMesh: [source, target].every((end) => end !== undefined && !end.layers.includes(OUTSIDE)),
    };
  });
}

/** Of the end that accepted the connection, where it tells. */
function reportOf({ client, server }: SidesOf): { readonly side: SideNumbers | null; readonly by: Connection["reportedBy"] } {
  if (server !== null && server.mtlsShare !== null) return { side: server, by: "server" };
  return client !== null && client.mtlsShare !== null ? { side: client, by: "client" } : { side: null, by: null };
}

function countsOf(all: readonly Connection[]): z.infer<typeof Connections> {
  const mtls = all.filter(({ mtlsShare }) => mtlsShare === 1).length;
  const unknown = all.filter(({ mtlsShare }) => mtlsShare === null).length;
  return { seen: all.length, mtls, notAlways: all.length - mtls - unknown, unknown };
}

function told({ seen, mtls, notAlways, unknown }: z.infer<typeof Connections>): string {
  if (seen === 0) return "No connections were seen.";
  return `${seen} connections, ${mtls} of them mTLS throughout, ${notAlways} not, ${unknown} not told.`;
}

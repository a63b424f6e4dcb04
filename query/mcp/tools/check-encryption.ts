/** Whether calls are encrypted, and which are not. */
import { z } from "zod";
import { EDGE_SIDE, type SideNumbers, type SidesOf, TRAFFIC, type TrafficNumbers, volumeOf } from "../shapes.ts";
import { answerShape, defineTool, limit, WHEN } from "../tool.ts";
import { count, paragraphs, percent, table } from "../words.ts";

const LIMIT = 50;
const QUERY = `query ($window: Window!) {
  meshGroup(window: $window) { services traffic { ${TRAFFIC} } }
  meshMap(window: $window) { truncated nodes { id name } edges { source target client { ${EDGE_SIDE} } server { ${EDGE_SIDE} } } }
}`;
interface EdgeAnswer extends SidesOf {
  readonly source: string;
  readonly target: string;
}

export const checkEncryption = defineTool({
  name: "check_encryption",
  title: "Is mTLS on everywhere?",
  description:
    "Whether the mesh's calls go over mutual TLS: the share of all calls, and every connection that had calls without it, most calls first. It tells what calls did, not what policies demand.",
  input: z.strictObject({ ...WHEN, limit: limit(LIMIT, 200) }),
  output: answerShape({
    mtlsEverywhere: z
      .boolean()
      .nullable()
      .describe("Whether every connection that was seen was mTLS throughout; null: nothing was seen."),
    tlsShare: z.number().nullable().describe("Of calls that services received, 0 to 1; TLS of any kind."),
    mtlsShare: z.number().nullable().describe("Of calls that services received, over mutual TLS."),
    connections: z.object({ seen: z.number(), mtls: z.number(), notAlways: z.number(), unknown: z.number() }),
    notMtls: z.array(
      z.object({
        source: z.string(),
        target: z.string(),
        calls: z.number(),
        tlsShare: z.number().nullable(),
        mtlsShare: z.number().nullable(),
        reportedBy: z.enum(["client", "server"]),
      }),
    ),
  }),
  answer: async ({ limit: most = LIMIT, ...when }, question) => {
    const { variables, window, links } = question.when(when);
    const { meshGroup, meshMap } = await question.ask(QUERY, variables);
    if (meshMap.truncated) question.note("The mesh is larger than can be checked at once: this is its busiest part.");
    const names = new Map((meshMap.nodes as readonly { id: string; name: string }[]).map(({ id, name }) => [id, name]));
    const edges = (meshMap.edges as readonly EdgeAnswer[]).map((edge) => ({ edge, told: told(edge) }));
    const open = edges.flatMap(({ edge, told }) => {
      if (told === null || told.side.mtlsShare === 1) return [];
      const { tlsShare, mtlsShare } = told.side;
      return [
        {
          source: names.get(edge.source) ?? "",
          target: names.get(edge.target) ?? "",
          calls: volumeOf(edge),
          tlsShare,
          mtlsShare,
          reportedBy: told.by,
        },
      ];
    });
    open.sort((a, b) => b.calls - a.calls);
    const unknown = edges.filter(({ told }) => told === null).length;
    const connections = { seen: edges.length, mtls: edges.length - open.length - unknown, notAlways: open.length, unknown };
    if (open.length > most) question.note(`${open.length} connections are not mTLS throughout, ${most} are listed (limit).`);
    if (unknown > 0) question.note(`Of ${unknown} connections no proxy told whether they are encrypted.`);
    if (open.some(({ source }) => source === "UNKNOWN"))
      question.note(
        "UNKNOWN as a caller is whoever has no proxy of the mesh: clients outside of it, probes, scrapers. At a gateway that is expected.",
      );
    const traffic: TrafficNumbers | null = meshGroup.traffic;
    const [tlsShare, mtlsShare] = [traffic?.tlsShare ?? null, traffic?.mtlsShare ?? null];
    const everywhere = edges.length === 0 ? null : open.length === 0 && unknown === 0;
    const structured = { mtlsEverywhere: everywhere, tlsShare, mtlsShare, connections, notMtls: open.slice(0, most) };
    const rows = structured.notMtls.map((one) => [
      `${one.source} → ${one.target}`,
      count(one.calls),
      percent(one.mtlsShare),
      percent(one.tlsShare),
      one.reportedBy === "server" ? "callee" : "caller",
    ]);
    const body = paragraphs(
      everywhere === null
        ? "Nothing was seen in this window."
        : `mTLS everywhere: ${everywhere ? "yes" : "no"}. Of the calls that services received, ${percent(mtlsShare)} were over mTLS and ${percent(tlsShare)} over TLS of any kind.`,
      `${connections.seen} connections: ${connections.mtls} mTLS throughout, ${connections.notAlways} not, ${connections.unknown} unknown.`,
      table(["who → whom", "calls", "mTLS", "any TLS", "reported by"], rows),
    );
    return { window, link: links.map({ view: "table" }), structured, body };
  },
});

/** Of the end that accepted the connection, where it reports. */
function told({ client, server }: EdgeAnswer): { readonly side: SideNumbers; readonly by: "client" | "server" } | null {
  if (server !== null && server.mtlsShare !== null) return { side: server, by: "server" };
  return client !== null && client.mtlsShare !== null ? { side: client, by: "client" } : null;
}

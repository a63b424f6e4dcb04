/** Services with their numbers. */
import { z } from "zod";
import { namespaceOf } from "../../namespace.ts";
import { TRAFFIC, TRAFFIC_HEAD, Traffic, type TrafficNumbers, trafficCells } from "../shapes.ts";
import { answerShape, defineTool, limit, WHEN } from "../tool.ts";
import { paragraphs, percent, table } from "../words.ts";

const QUERY = `query ($window: Window!) {
  meshServices(window: $window) { truncated services { id name layers traffic { ${TRAFFIC} } } }
}`;
const LIMIT = 50;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly traffic: TrafficNumbers | null;
}

/** sort -> by what, highest first; the page's name of it; what has none comes last. */
const SORTS = {
  calls: { page: "-calls", value: ({ calls, tcpConnections }: TrafficNumbers) => calls + tcpConnections },
  failed: { page: "-errors", value: ({ failed }: TrafficNumbers) => failed },
  errors: { page: "-errors", value: ({ errorShare }: TrafficNumbers) => errorShare },
  p95: { page: "-p95", value: ({ p95 }: TrafficNumbers) => p95 },
  plaintext: { page: "-calls", value: ({ tlsShare }: TrafficNumbers) => (tlsShare === null ? null : 1 - tlsShare) },
} as const;

export const listServices = defineTool({
  name: "list_services",
  title: "Services",
  description:
    "Every service of the mesh with its calls, success, latencies and TLS over a window, as its own proxies saw them. Sort by errors or p95 to find the ones in trouble.",
  input: z.strictObject({
    ...WHEN,
    namespace: z
      .string()
      .max(300)
      .optional()
      .describe('Only services of this namespace: what follows the last dot of the name. "": those without.'),
    name: z.string().max(300).optional().describe("Only services with this in their name, in any case."),
    sort: z
      .enum(["calls", "errors", "failed", "p95", "plaintext", "name"])
      .optional()
      .describe("Highest first by calls (default), share of errors, failed calls, p95 or share of plaintext; or by name."),
    limit: limit(LIMIT, 200),
  }),
  output: answerShape({
    services: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        namespace: z.string().nullable(),
        layers: z.array(z.string()),
        traffic: Traffic.nullable().describe("null: no proxy reported a call to it in the window."),
      }),
    ),
    matching: z.number().describe("How many services fit; more than are listed when limit was reached."),
  }),
  answer: async ({ namespace, name, sort = "calls", limit = LIMIT, ...when }, question) => {
    const { variables, window, links } = question.when(when);
    const { meshServices } = await question.ask(QUERY, variables);
    const wanted = name?.toLowerCase() ?? "";
    const fitting = (meshServices.services as readonly Row[]).filter(
      (row) =>
        (namespace === undefined || (namespaceOf(row.name) ?? "") === namespace) && row.name.toLowerCase().includes(wanted),
    );
    const services = sorted(fitting, sort).slice(0, limit);
    if (meshServices.truncated) question.note("There are more services than can be read at once: these are among the busiest.");
    if (services.length < fitting.length) question.note(`${fitting.length} services fit, ${services.length} are listed (limit).`);
    const link = links.services({
      q: name ?? (namespace ? `.${namespace}` : undefined),
      sort: sort === "name" ? "name" : SORTS[sort].page,
    });
    const rows = services.map((row) => [row.name, ...trafficCells(row.traffic), percent(row.traffic?.mtlsShare ?? null)]);
    const found = rows.length === 0 ? "No service fits." : table(["service", ...TRAFFIC_HEAD, "mTLS"], rows);
    const structured = {
      services: services.map((row) => ({ ...row, namespace: namespaceOf(row.name) })),
      matching: fitting.length,
    };
    return { window, link, structured, body: paragraphs(`${fitting.length} services`, found) };
  },
});

function sorted(rows: readonly Row[], sort: keyof typeof SORTS | "name"): Row[] {
  const byName = (a: Row, b: Row): number => (a.name < b.name ? -1 : 1);
  if (sort === "name") return [...rows].sort(byName);
  const rankOf = ({ traffic }: Row): number => (traffic === null ? -1 : (SORTS[sort].value(traffic) ?? -1));
  return [...rows].sort((a, b) => rankOf(b) - rankOf(a) || byName(a, b));
}

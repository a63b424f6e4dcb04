/** The readers' bench: what the dashboard asks. Alone: `node test/bench/readers.ts` prints the answers' figures, `node test/bench/readers.ts topology`
 *  those of the questions that hold the word. */
import { serviceId } from "../../oap/model/entity.ts";
import type { Engine } from "../../oap/storage/engine.ts";
import { askAll, HEAD, type Question, type ReaderResult, RUNS } from "./asking.ts";
import { DATA_END_MS } from "./data-set.ts";

const MINUTE_MS = 60_000;

const last = (minutes: number) => ({ from: DATA_END_MS - minutes * MINUTE_MS, to: DATA_END_MS });
const serviceName = (run: number): string => `service-${(run * 37) % 190}.bench`;
const service = (run: number): string => serviceId(serviceName(run));
const THREE_DAYS = last(3 * 24 * 60);
const TRAFFIC =
  "traffic { calls failed callRate errorShare p50 p75 p90 p95 p99 avg apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections }";
const SIDE = "{ calls failed callRate p50 p95 p99 tlsShare bytesIn bytesOut tcpConnections }";
const SERIES = [
  "service_cpm",
  "service_resp_time",
  "service_sla",
  "service_apdex",
  "service_percentile",
  "service_throughput_received",
  "service_throughput_sent",
]; // prettier-ignore

const DASHBOARD = `query ($id: ID!, $window: Window!, $entity: Entity!, $duration: Duration!) {
  meshService(id: $id, window: $window) { name layers firstSeen lastSeen ${TRAFFIC} series { at stepMs calls failed p50 p95 p99 } statusClasses { class calls } }
  ${SERIES.map((name) => `${name}: execExpression(expression: "${name}", entity: $entity, duration: $duration) { error results { values { id value } } }`).join("\n")} }`;
const PAGE = `query ($id: ID!, $window: Window!) { meshService(id: $id, window: $window) { name layers firstSeen lastSeen ${TRAFFIC}
  series { at stepMs calls failed p50 p95 p99 } statusClasses { class calls } endpointsTruncated endpoints { id name ${TRAFFIC} }
  instances { id name lastSeen attributes { name value } ${TRAFFIC} } callers { id name client ${SIDE} server ${SIDE} } callees { id name client ${SIDE} server ${SIDE} } } }`;
const map = (
  percentiles: string,
): string => `query ($window: Window!) { meshMap(window: $window) { nodes { id name traffic { calls failed } }
  edges { id source target protocols client { calls failed ${percentiles} } server { calls failed ${percentiles} } } } }`;
const TOP = `query ($window: Window!, $by: MeshTopBy!) { meshTopEndpoints(window: $window, by: $by, limit: 20) { endpoints { id name service calls failed errorShare } } }`;
const TOP_SLOW = TOP.replace("errorShare", "errorShare p50 p95 p99");
const FAILURES = `query ($window: Window!, $groupBy: [MeshFailureField!]) { meshFailures(window: $window, groupBy: $groupBy) { client server truncated
  groups { detectPoint source destination endpoint code flags { short text } codeDetails calls share firstSeen lastSeen } } }`;
const LOG = `time kept weight detectPoint reporter instance caller callee endpoint method path code flags { short } codeDetails duration requestId userAgent downstreamAddress
  upstreamAddress phases { name from to }`;
const LOGS = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter, first: 100) { next rows { ${LOG} } } }`;
const REQUEST = `query ($id: String!, $window: LogWindow) { meshRequest(id: $id, window: $window) { from to hops { caller callee depth parent from duration failed
  client { ${LOG} } server { ${LOG} } } } }`;
const HISTOGRAM = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogHistogram(window: $window, filter: $filter) { at stepMs calls failed isExact } }`;
const FACETS = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogFacets(window: $window, filter: $filter, fields: [REPORTER, CODE, FLAGS, METHOD, ENDPOINT]) { field values { value calls } } }`;

const time = (ms: number): string => new Date(ms).toISOString().replace(/T(\d\d):(\d\d).*/, " $1$2");
export const HOUR_DURATION = {
  start: time(DATA_END_MS - 60 * MINUTE_MS),
  end: time(DATA_END_MS - MINUTE_MS),
  step: "MINUTE",
} as const;

/** Each run asks the same with variables of its own. */
const asked =
  (query: string, variables: (run: number) => object): Question["document"] =>
  (run) => ({ query, variables: variables(run) });

function questions(ids: readonly string[]): Question[] {
  const request = (run: number): string => ids[run % ids.length] as string;
  const edges = ({ meshMap }: { meshMap: { edges: object[] } }): number => meshMap.edges.length;
  const rows = ({ meshLogs }: { meshLogs: { rows: object[] } }): number => meshLogs.rows.length;
  const groups = ({ meshFailures }: { meshFailures: { groups: object[] } }): number => meshFailures.groups.length;
  const top = ({ meshTopEndpoints }: { meshTopEndpoints: { endpoints: object[] } }): number => meshTopEndpoints.endpoints.length;
  const steps = ({ meshLogHistogram: { calls } }: { meshLogHistogram: { calls: number[] } }): number =>
    calls.filter((one) => one > 0).length;
  const points = ({ meshService }: { meshService: { series: { calls: (number | null)[] } } }): number =>
    meshService.series.calls.filter((calls) => calls !== null).length;
  return [
    {
      what: "service dashboard: all series of one service, 1 h, one request",
      target: 60,
      document: asked(DASHBOARD, (run) => ({
        id: service(run),
        window: last(60),
        entity: { serviceName: serviceName(run), normal: true },
        duration: HOUR_DURATION,
      })),
      size: points,
    },
    {
      what: "the service page with its 50 endpoints, 10 instances and 50 neighbours, 1 h",
      target: null,
      document: asked(PAGE, (run) => ({ id: service(run), window: last(60) })),
      size: points,
    },
    {
      what: "topology of the mesh, 15 min, calls and failures",
      target: 100,
      document: asked(map(""), () => ({ window: last(15) })),
      size: edges,
    },
    {
      what: "the same with p95 of both sides of each edge",
      target: 300,
      document: asked(map("p95"), () => ({ window: last(15) })),
      size: edges,
    },
    {
      what: "top 20 endpoints of the mesh by calls, 1 h",
      target: 100,
      document: asked(TOP, () => ({ window: last(60), by: "CALLS" })),
      size: top,
    },
    {
      what: "top 20 endpoints of the mesh by failed calls, 1 h",
      target: 100,
      document: asked(TOP, () => ({ window: last(60), by: "FAILED" })),
      size: top,
    },
    {
      what: "top 20 endpoints of the mesh by p99, 1 h",
      target: 300,
      document: asked(TOP_SLOW, () => ({ window: last(60), by: "P99" })),
      size: top,
    },
    { what: "failures by cause, 1 h", target: 60, document: asked(FAILURES, () => ({ window: last(60) })), size: groups },
    {
      what: "failures by source, destination, endpoint and cause, 1 h",
      target: null,
      document: asked(FAILURES, () => ({
        window: last(60),
        groupBy: ["SOURCE", "DESTINATION", "ENDPOINT", "CODE", "FLAGS", "CODE_DETAILS"],
      })),
      size: groups,
    },
    {
      what: "access logs of one service, failed only, newest 100 of 3 days",
      target: 200,
      document: asked(LOGS, (run) => ({ window: THREE_DAYS, filter: { services: [serviceName(run)], kept: ["FAILED"] } })),
      size: rows,
    },
    {
      what: "one request id over 3 days",
      target: 300,
      document: asked(REQUEST, (run) => ({ id: request(run), window: THREE_DAYS })),
      size: ({ meshRequest }: { meshRequest: { hops: object[] } }) => meshRequest.hops.length,
    },
    {
      what: "access logs of the mesh, newest 100 of 3 days",
      target: null,
      document: asked(LOGS, () => ({ window: THREE_DAYS })),
      size: rows,
    },
    {
      what: "path holds a text, of the mesh, newest 100 of 3 days",
      target: null,
      document: asked(LOGS, (run) => ({ window: THREE_DAYS, filter: { path: `/4${run % 10}77` } })),
      size: rows,
    },
    {
      what: "access logs over time, failed only, 3 days",
      target: null,
      document: asked(HISTOGRAM, () => ({ window: THREE_DAYS, filter: { kept: ["FAILED"] } })),
      size: steps,
    },
    {
      what: "access logs over time, all rows of the last hour",
      target: null,
      document: asked(HISTOGRAM, () => ({ window: last(60) })),
      size: steps,
    },
    {
      what: "five facets of the failed calls of 3 days",
      target: null,
      document: asked(FACETS, () => ({ window: THREE_DAYS, filter: { kept: ["FAILED"] } })),
      size: () => 5,
    },
    {
      what: "five facets of all rows of the last hour",
      target: null,
      document: asked(FACETS, () => ({ window: last(60) })),
      size: () => 5,
    },
  ]; // prettier-ignore
}

/** @throws when a question fails or finds nothing. */
export function benchReaders(say: (text: string) => void, only = ""): Promise<ReaderResult[]> {
  const make = async (engine: Engine): Promise<Question[]> => {
    const ids = await engine.query<{ id: string }>(
      "SELECT DISTINCT request_id AS id FROM access_log WHERE cityHash64(request_id) % 50000 = 7 LIMIT 40",
      {},
    );
    return questions(ids.map(({ id }) => id)).filter(({ what }) => what.includes(only));
  };
  return askAll(make, say);
}

export const SETTING = `As filled by 20,000 entries a second: 200 services, 2,000 instances, 10,000 endpoints, 5,000 edges from both sides over 24 hours, 20,000 pairs of instances
for the last hour, 3,000 causes of failures a minute, 10 million access-log rows over 3 days. The last two hours are as dense as such traffic is (80 buckets in
the histogram of an endpoint's or edge's minute); in the 22 hours before, every second minute is left out and histograms have at most 12 buckets: the questions
only pass them by. ClickHouse has 1 GiB. Each question ${RUNS} times over HTTP; "first" is its first answer after the start.`;

if (import.meta.main) {
  console.log(HEAD.join(" | "));
  await benchReaders(console.log, process.argv[2]);
}

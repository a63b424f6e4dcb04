/** The readers' bench: questions over HTTP to the product's query server on the data set of data-set.ts. Alone: `node test/bench/readers.ts`
 *  prints them, `node test/bench/readers.ts topology` those that hold the word. Wall-clock times need an idle machine; CPU is that of ClickHouse and of the server for one answer. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { serviceId } from "../../oap/model/entity.ts";
import { DATA_END_MS, openDataSet } from "./data-set.ts";
import { cpuSecondsOf } from "./process-tree.ts";
import type { BenchServer } from "./query-server.ts";

const RUNS = 40;
const WARM_UP = 5;
const MINUTE_MS = 60_000;

interface Question {
  readonly what: string;
  /** p95, ms; null where none was set. */
  readonly target: number | null;
  readonly query: string;
  /** Of the run's number, so that runs differ as users' questions do. */
  readonly variables: (run: number) => object;
  /** How much came back: an empty answer is no result. */
  readonly size: (data: never) => number;
}

export interface ReaderResult {
  readonly what: string;
  readonly target: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The first answer of a server that was just started, its caches cold; the files may be in the page cache. */
  readonly firstMs: number;
  readonly clickhouseCpuMs: number;
  readonly serverCpuMs: number;
  readonly size: number;
}

const last = (minutes: number) => ({ from: DATA_END_MS - minutes * MINUTE_MS, to: DATA_END_MS });
const service = (run: number): string => serviceId(`service-${(run * 37) % 190}.bench`);
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
const FACETS = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogFacets(window: $window, filter: $filter, fields: [REPORTER, CODE, FLAGS, METHOD, ENDPOINT]) { field values { value calls } } }`;

const time = (ms: number): string => new Date(ms).toISOString().replace(/T(\d\d):(\d\d).*/, " $1$2");
const HOUR_DURATION = { start: time(DATA_END_MS - 60 * MINUTE_MS), end: time(DATA_END_MS - MINUTE_MS), step: "MINUTE" };

function questions(ids: readonly string[]): Question[] {
  const request = (run: number): string => ids[run % ids.length] as string;
  const edges = ({ meshMap }: { meshMap: { edges: object[] } }): number => meshMap.edges.length;
  const rows = ({ meshLogs }: { meshLogs: { rows: object[] } }): number => meshLogs.rows.length;
  const groups = ({ meshFailures }: { meshFailures: { groups: object[] } }): number => meshFailures.groups.length;
  const top = ({ meshTopEndpoints }: { meshTopEndpoints: { endpoints: object[] } }): number => meshTopEndpoints.endpoints.length;
  const points = ({ meshService }: { meshService: { series: { calls: (number | null)[] } } }): number =>
    meshService.series.calls.filter((calls) => calls !== null).length;
  return [
    {
      what: "service dashboard: all series of one service, 1 h, one request",
      target: 60,
      query: DASHBOARD,
      variables: (run) => ({
        id: service(run),
        window: last(60),
        entity: { serviceName: `service-${(run * 37) % 190}.bench`, normal: true },
        duration: HOUR_DURATION,
      }),
      size: points,
    },
    {
      what: "the service page with its 50 endpoints, 10 instances and 50 neighbours, 1 h",
      target: null,
      query: PAGE,
      variables: (run) => ({ id: service(run), window: last(60) }),
      size: points,
    },
    {
      what: "topology of the mesh, 15 min, calls and failures",
      target: 100,
      query: map(""),
      variables: () => ({ window: last(15) }),
      size: edges,
    },
    {
      what: "the same with p95 of both sides of each edge",
      target: 300,
      query: map("p95"),
      variables: () => ({ window: last(15) }),
      size: edges,
    },
    {
      what: "top 20 endpoints of the mesh by calls, 1 h",
      target: 100,
      query: TOP,
      variables: () => ({ window: last(60), by: "CALLS" }),
      size: top,
    },
    {
      what: "top 20 endpoints of the mesh by failed calls, 1 h",
      target: 100,
      query: TOP,
      variables: () => ({ window: last(60), by: "FAILED" }),
      size: top,
    },
    {
      what: "top 20 endpoints of the mesh by p99, 1 h",
      target: 300,
      query: TOP_SLOW,
      variables: () => ({ window: last(60), by: "P99" }),
      size: top,
    },
    { what: "failures by cause, 1 h", target: 60, query: FAILURES, variables: () => ({ window: last(60) }), size: groups },
    {
      what: "failures by source, destination, endpoint and cause, 1 h",
      target: null,
      query: FAILURES,
      variables: () => ({ window: last(60), groupBy: ["SOURCE", "DESTINATION", "ENDPOINT", "CODE", "FLAGS", "CODE_DETAILS"] }),
      size: groups,
    },
    {
      what: "access logs of one service, failed only, newest 100 of 3 days",
      target: 200,
      query: LOGS,
      variables: (run) => ({ window: THREE_DAYS, filter: { services: [`service-${(run * 37) % 190}.bench`], kept: ["FAILED"] } }),
      size: rows,
    },
    {
      what: "one request id over 3 days",
      target: 300,
      query: REQUEST,
      variables: (run) => ({ id: request(run), window: THREE_DAYS }),
      size: ({ meshRequest }: { meshRequest: { hops: object[] } }) => meshRequest.hops.length,
    },
    {
      what: "access logs of the mesh, newest 100 of 3 days",
      target: null,
      query: LOGS,
      variables: () => ({ window: THREE_DAYS }),
      size: rows,
    },
    {
      what: "path holds a text, of the mesh, newest 100 of 3 days",
      target: null,
      query: LOGS,
      variables: (run) => ({ window: THREE_DAYS, filter: { path: `/4${run % 10}77` } }),
      size: rows,
    },
    {
      what: "five facets of the failed calls of 3 days",
      target: null,
      query: FACETS,
      variables: () => ({ window: THREE_DAYS, filter: { kept: ["FAILED"] } }),
      size: () => 5,
    },
    {
      what: "five facets of all rows of the last hour",
      target: null,
      query: FACETS,
      variables: () => ({ window: last(60) }),
      size: () => 5,
    },
  ]; // prettier-ignore
}

/** @throws when a question fails or finds nothing. */
export async function benchReaders(say: (text: string) => void, only?: string): Promise<ReaderResult[]> {
  const clickhouse = await openDataSet(say);
  const { url, username, password } = clickhouse.embedded.connection;
  const server = fork(new URL("./query-server.ts", import.meta.url), [
    JSON.stringify({ url, username, password, nowMs: DATA_END_MS } satisfies BenchServer),
  ]);
  try {
    const [port] = (await once(server, "message")) as [number];
    const ids = await clickhouse.engine.query<{ id: string }>(
      "SELECT DISTINCT request_id AS id FROM access_log WHERE cityHash64(request_id) % 50000 = 7 LIMIT 40",
      {},
    );
    const asked = questions(ids.map(({ id }) => id)).filter(({ what }) => only === undefined || what.includes(only));
    const results: ReaderResult[] = [];
    for (const question of asked) {
      const result = await measure(question, port, server.pid as number, clickhouse.embedded.pid as number);
      say(rowOf(result).join(" | "));
      results.push(result);
    }
    return results;
  } finally {
    server.kill();
    await clickhouse.stop();
  }
}

const agent = new Agent({ keepAlive: true });

/** Plain node:http: fetch takes ten milliseconds of its own for a megabyte. */
async function post(port: number, body: string): Promise<string> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const asked = request({ port, host: "127.0.0.1", path: "/graphql", method: "POST", headers, agent });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function measure(question: Question, port: number, server: number, clickhouse: number): Promise<ReaderResult> {
  const ask = async (run: number): Promise<{ ms: number; size: number }> => {
    const body = JSON.stringify({ query: question.query, variables: question.variables(run) });
    const startedAt = performance.now();
    const text = await post(port, body);
    const ms = performance.now() - startedAt;
    const { data, errors } = JSON.parse(text) as { data: never; errors?: object[] };
    if (errors !== undefined) throw new Error(`${question.what}: ${JSON.stringify(errors)}`);
    const size = question.size(data);
    if (size === 0) throw new Error(`${question.what}: found nothing`);
    return { ms, size };
  };
  const first = await ask(0);
  for (let run = 0; run < WARM_UP; run++) await ask(run);
  const before = [cpuSecondsOf(clickhouse), cpuSecondsOf(server)] as const;
  const runs: { ms: number; size: number }[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await ask(run));
  const cpuMs = [cpuSecondsOf(clickhouse) - before[0], cpuSecondsOf(server) - before[1]].map((s) => (s * 1_000) / RUNS);
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    what: question.what,
    target: question.target,
    p50Ms: times[RUNS / 2] as number,
    p95Ms: times[Math.ceil(RUNS * 0.95) - 1] as number,
    firstMs: first.ms,
    clickhouseCpuMs: cpuMs[0] as number,
    serverCpuMs: cpuMs[1] as number,
    size: Math.round(runs.reduce((sum, { size }) => sum + size, 0) / RUNS),
  };
}

export const HEAD = ["question", "p95", "target", "", "median", "first", "CPU of ClickHouse", "CPU of the server", "found"];

export const SETTING = `As filled by 20,000 entries a second: 200 services, 2,000 instances, 10,000 endpoints, 5,000 edges from both sides over 24 hours, 20,000 pairs of instances
for the last hour, 3,000 causes of failures a minute, 10 million access-log rows over 3 days. The last two hours are as dense as such traffic is (80 buckets in
the histogram of an endpoint's or edge's minute); in the 22 hours before, every second minute is left out and histograms have at most 12 buckets: the questions
only pass them by. ClickHouse has 1 GiB. Each question ${RUNS} times over HTTP; "first" is its first answer after the start.`;

/** A line of the table of results.md. */
export function rowOf({ what, target, p50Ms, p95Ms, firstMs, clickhouseCpuMs, serverCpuMs, size }: ReaderResult): string[] {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const verdict = target === null ? "" : p95Ms <= target ? "met" : "**missed**";
  const cpu = [ms(clickhouseCpuMs), ms(serverCpuMs)];
  return [what, ms(p95Ms), target === null ? "none given" : ms(target), verdict, ms(p50Ms), ms(firstMs), ...cpu, String(size)];
}

if (import.meta.main) {
  console.log(HEAD.join(" | "));
  await benchReaders(console.log, process.argv[2]);
}

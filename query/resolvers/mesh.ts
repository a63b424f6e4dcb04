/** Our own questions. */
import type { GraphQLResolveInfo } from "graphql";
import { endpointId, instanceId, parseServiceId, relationId, serviceId } from "../../oap/model/entity.ts";
import type { QueryContext } from "../context.ts";
import { neighbourhood, protocolsOf, protocolsOfEdge } from "../mesh-map.ts";
import { namespaceOf } from "../namespace.ts";
import { type Edge, readEdges } from "../readers/edges.ts";
import type { EntityKey, EntitySteps } from "../readers/entity-rows.ts";
import { readLastMinutes } from "../readers/last-minutes.ts";
import { readNodes } from "../readers/nodes.ts";
import { readSeenByCallers, type SeenByCallers } from "../readers/seen-by-callers.ts";
import {
  percentileMs,
  readSparklines,
  readTraffic,
  type SparklinePoint,
  type TrafficRow,
  type TrafficWanted,
  trafficNumbers,
} from "../readers/traffic.ts";
import { selects } from "../selection.ts";
import { EdgeSide, sideOf, statusClasses, trafficOf } from "../traffic-shape.ts";
import { type MeshWindow, meshWindow, stepsOf, type WindowInput } from "../window.ts";
import { attributeList } from "./metadata.ts";

const SERVICES_MAX = 2_000;
const EDGES_MAX = 10_000;
const ENDPOINTS_MAX = 200;
const INSTANCES_MAX = 1_000;
const NEIGHBOURS_MAX = 1_000;
const HOPS_MAX = 10;
const PERCENTILES: ReadonlySet<string> = new Set(["p50", "p75", "p90", "p95", "p99"]);
/** Of an edge; what costs columns of their own. */
const REST: ReadonlySet<string> = new Set(["tlsShare", "mtlsShare", "bytesIn", "bytesOut"]);
/** Of a service. */
const SERVICE_REST: ReadonlySet<string> = new Set([...REST, "avg", "apdex", "protocol"]);

const OTHER_NODES: ReadonlySet<string> = new Set(["otherNodes"]);
const SEEN_BY_CALLERS: ReadonlySet<string> = new Set(["seenByCallers"]);

interface Windowed {
  readonly window: WindowInput;
}

export const mesh = {
  Query: {
    meshServices: (_: unknown, { window }: Windowed, context: QueryContext, info: GraphQLResolveInfo) =>
      services(context, windowOf(window, context), {
        withPercentiles: selects(info, null, PERCENTILES),
        withCallers: selects(info, null, SEEN_BY_CALLERS),
      }),
    meshService: (_: unknown, { id, window }: Windowed & { id: string }, context: QueryContext, info: GraphQLResolveInfo) =>
      service(context, id, windowOf(window, context), (...fields) => selects(info, null, new Set(fields))),
    meshMap: (
      _: unknown,
      { window, around, hops }: Windowed & { around?: string | null; hops?: number | null },
      context: QueryContext,
      info: GraphQLResolveInfo,
    ) => {
      const edges = { withPercentiles: selects(info, "edges", PERCENTILES), withRest: selects(info, "edges", REST) };
      const traffic = { withPercentiles: selects(info, "nodes", PERCENTILES), withRest: selects(info, "nodes", SERVICE_REST) };
      const reach = Math.min(HOPS_MAX, Math.max(0, hops ?? 1));
      return map(context, windowOf(window, context), around ?? null, reach, { edges, traffic });
    },
    meshSetup: async (_: unknown, __: unknown, context: QueryContext, info: GraphQLResolveInfo) => {
      const { setup, clock } = context;
      const [listeners, proxies, problems, server, otherNodes] = await Promise.all([
        setup.listeners(),
        setup.proxies(),
        setup.problems(),
        setup.server(),
        selects(info, null, OTHER_NODES) ? countOtherNodes(context) : null,
      ]);
      const now = clock.now();
      return {
        now,
        listeners,
        problems,
        server,
        otherNodes,
        proxies: proxies.map((proxy) => ({ ...proxy, serviceId: proxy.service === null ? null : serviceId(proxy.service) })),
      };
    },
  },
};

/** Null while storage does not answer: this page is for such times, too. */
async function countOtherNodes({ sql, clock, node }: QueryContext): Promise<number | null> {
  const nodes = await readNodes(sql, clock).catch(() => null);
  return nodes === null ? null : nodes.filter((name) => name !== node.name()).length;
}

function windowOf(window: WindowInput, { clock, retention }: QueryContext): MeshWindow {
  return meshWindow(window, { nowMs: clock.now(), ...retention });
}

async function services(
  { sql, metadata }: QueryContext,
  window: MeshWindow,
  { withCallers, ...wanted }: { withPercentiles: boolean; withCallers: boolean },
) {
  const [known, rows, points, seen] = await Promise.all([
    metadata.services(),
    readTraffic(sql, "service", window, { limit: SERVICES_MAX, ...wanted }),
    readSparklines(sql, window),
    withCallers ? readSeenByCallers(sql, window) : null,
  ]);
  const traffic = new Map(rows.map((row) => [row.service, row]));
  const at = stepsOf(window, window.sparkMs);
  const lines = Map.groupBy(points, (point) => point.service);
  const listed = known.map(({ service: name, normal, layers }) => {
    const row = traffic.get(name);
    return {
      id: serviceId(name, normal),
      name,
      layers,
      traffic: row === undefined ? null : trafficOf(row, window),
      seenByCallers: seenOf(seen?.get(name)),
      sparkline: { at, ...pointsAt(at, lines.get(name) ?? []) },
    };
  });
  listed.sort((a, b) => (b.traffic?.calls ?? -1) - (a.traffic?.calls ?? -1) || (a.name < b.name ? -1 : 1));
  return { services: listed.slice(0, SERVICES_MAX), truncated: listed.length > SERVICES_MAX };
}

/** Null where no caller's proxy reported a call. */
function seenOf(seen: SeenByCallers | undefined) {
  if (seen === undefined || seen.calls === 0) return null;
  return { ...seen, errorShare: seen.failed / seen.calls };
}

/** null where nothing was seen. */
function pointsAt(at: readonly number[], points: readonly SparklinePoint[]) {
  const byTime = new Map(points.map((point) => [point.at * 1_000, point]));
  const of = (what: "calls" | "failed" | "connections") => at.map((time) => byTime.get(time)?.[what] ?? null);
  return { calls: of("calls"), failed: of("failed"), connections: of("connections") };
}

/** @param isAsked whether any of some fields of the answer is: each costs a statement. */
async function service(
  { sql, clock, metadata, storedMetrics }: QueryContext,
  id: string,
  window: MeshWindow,
  isAsked: (...fields: string[]) => boolean,
) {
  const key = parseServiceId(id);
  if (key === null) return null;
  const name = key.service;
  const relations = (end: { service?: string; dest?: string }) =>
    readTraffic(sql, "service_relation", window, { ...end, limit: NEIGHBOURS_MAX });
  const known = await metadata.service(name, key.normal);
  const ifAsked = <T>(field: string, read: () => Promise<T[]>): Promise<T[]> | T[] => (isAsked(field) ? read() : []);
  // A service that nobody reported is there when it takes part in a call.
  const isOfNeighbours = (field: string): boolean => known === null || isAsked(field);
  const [own, endpoints, instances, instanceTraffic, lastMinutes, asCaller, asCallee] = await Promise.all([
    storedMetrics.entities.both(serviceKey(name), window.table, window),
    isAsked("endpoints", "endpointsTruncated")
      ? readTraffic(sql, "endpoint", window, { service: name, limit: ENDPOINTS_MAX + 1 })
      : [],
    ifAsked("instances", () => metadata.instances(name, key.normal, window)),
    ifAsked("instances", () => readTraffic(sql, "instance", window, { service: name, limit: INSTANCES_MAX })),
    isAsked("instances") && isAsked("lastSeen") ? readLastMinutes(sql, name, clock.now()) : null,
    isOfNeighbours("callees") ? relations({ service: name }) : [],
    isOfNeighbours("callers") ? relations({ dest: name }) : [],
  ]);
  if (known === null && asCaller.length === 0 && asCallee.length === 0) return null;
  const row = own.whole === null ? undefined : trafficNumbers(own.whole);
  const byInstance = new Map(instanceTraffic.map((one) => [one.instance, one]));
  return {
    id,
    name,
    layers: known?.layers ?? ["UNDEFINED"],
    firstSeen: known?.firstSeen ?? null,
    lastSeen: known?.lastSeen ?? null,
    traffic: row === undefined ? null : trafficOf(row, window),
    series: seriesOf(own.steps, window),
    statusClasses: row === undefined ? [] : statusClasses(row),
    endpoints: endpoints
      .slice(0, ENDPOINTS_MAX)
      .map((one) => ({ id: endpointId(name, one.endpoint), name: one.endpoint, traffic: trafficOf(one, window) })),
    endpointsTruncated: endpoints.length > ENDPOINTS_MAX,
    instances: instances.slice(0, INSTANCES_MAX).map((one) => {
      const traffic = byInstance.get(one.instance);
      return {
        id: instanceId(name, one.instance, key.normal),
        name: one.instance,
        attributes: attributeList(one.attributes),
        lastSeen: Math.max(one.lastSeen, lastMinutes?.get(one.instance) ?? 0),
        traffic: traffic === undefined ? null : trafficOf(traffic, window),
      };
    }),
    callers: neighbours(asCallee, ({ service: caller }) => caller, window),
    callees: neighbours(asCaller, ({ dest_service: callee }) => callee, window),
  };
}

/** Services that anybody reported are normal ones, whatever an id says. */
function serviceKey(service: string): EntityKey {
  const none = { instance: "", endpoint: "", destService: "", destNormal: false, destInstance: "", detectPoint: "" };
  return { scope: "service", service, normal: true, ...none };
}

function seriesOf(steps: EntitySteps["steps"], window: MeshWindow) {
  const at = stepsOf(window, window.stepMs);
  const points = at.map((time) => {
    const step = steps.get(time);
    return step === undefined ? null : trafficNumbers(step);
  });
  const percentile = (i: number): (number | null)[] => points.map((point) => (point === null ? null : percentileMs(point, i)));
  return {
    at,
    stepMs: window.stepMs,
    calls: points.map((point) => point?.calls ?? null),
    failed: points.map((point) => point?.failed ?? null),
    connections: points.map((point) => point?.tcp_records ?? null),
    p50: percentile(0),
    p95: percentile(3),
    p99: percentile(4),
  };
}

function neighbours(rows: readonly TrafficRow[], nameOf: (row: TrafficRow) => string, window: MeshWindow) {
  return [...Map.groupBy(rows, nameOf)].map(([name, sides]) => {
    const side = (detectPoint: "client" | "server"): EdgeSide | null => {
      const row = sides.find((one) => one.detect_point === detectPoint);
      return row === undefined ? null : new EdgeSide(sideOf(row), window, detectPoint);
    };
    return { id: serviceId(name), name, client: side("client"), server: side("server") };
  });
}

function shownSide(edge: Edge, side: "client" | "server", window: MeshWindow): EdgeSide | null {
  const numbers = edge[side];
  return numbers === null ? null : new EdgeSide(numbers, window, side);
}

async function map(
  { sql, metadata }: QueryContext,
  window: MeshWindow,
  around: string | null,
  hops: number,
  wanted: { edges: { withPercentiles: boolean; withRest: boolean }; traffic: TrafficWanted },
) {
  const [known, serviceRows, { edges, percentileError }] = await Promise.all([
    metadata.services(),
    readTraffic(sql, "service", window, { limit: SERVICES_MAX, ...wanted.traffic }),
    readEdges(sql, window, { limit: EDGES_MAX * 2, ...wanted.edges }),
  ]);
  const traffic = new Map(serviceRows.map((row) => [row.service, row]));
  const layers = new Map(known.map((one) => [one.service, one.layers]));
  const all = new Set([...traffic.keys(), ...edges.map(({ source }) => source), ...edges.map(({ target }) => target)]);
  const shown = around === null ? all : neighbourhood(parseServiceId(around)?.service ?? "", edges, hops);
  const kept = edges.filter(({ source, target }) => shown.has(source) && shown.has(target));
  const ids = new Map([...all].map((name) => [name, serviceId(name)]));
  return {
    nodes: [...shown]
      .filter((name) => all.has(name))
      .sort()
      .map((name) => nodeOf(ids.get(name) as string, name, layers.get(name), traffic.get(name), window)), // prettier-ignore
    edges: kept.slice(0, EDGES_MAX).map((edge) => {
      const source = ids.get(edge.source) as string;
      const target = ids.get(edge.target) as string;
      const [client, server] = [shownSide(edge, "client", window), shownSide(edge, "server", window)];
      return { id: relationId(source, target), source, target, protocols: protocolsOfEdge(edge), client, server };
    }),
    percentileError: wanted.edges.withPercentiles ? percentileError : null,
    truncated: kept.length > EDGES_MAX || edges.length >= EDGES_MAX * 2 || serviceRows.length >= SERVICES_MAX,
  };
}

function nodeOf(
  id: string,
  name: string,
  layers: readonly string[] | undefined,
  row: TrafficRow | undefined,
  window: MeshWindow,
) {
  return {
    id,
    name,
    namespace: namespaceOf(name),
    layers: layers ?? ["UNDEFINED"],
    protocol: row === undefined ? null : (protocolsOf(row)[0] ?? null),
    traffic: row === undefined ? null : trafficOf(row, window),
  };
}

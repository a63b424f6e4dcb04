/** Which entities a selector stands for, and the labels of their series. Names that a selector lists are taken at their word; others are looked up: services in
 *  the list of services, instances and endpoints in a ranking of what had calls, relations among the edges. */
import type { Scope } from "../../oap/catalog/columns.ts";
import type { Metric, MetricValue } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import type { QueryContext } from "../context.ts";
import type { TimeRange } from "../duration.ts";
import { LIST_MAX } from "../expression/leaves.ts";
import type { EntityKey } from "../readers/entity-rows.ts";
import type { StoredService } from "../readers/metadata.ts";
import { readInstanceRelations, readRelations } from "../readers/topology.ts";
import { PromqlFault } from "./fault.ts";
import { control, satisfying, valuesOf } from "./matchers.ts";
import { ownMatchers, SCOPE_NAMES } from "./names.ts";
import type { Matcher } from "./tree.ts";
import { type Labels, NAME } from "./vector.ts";

export interface Entity {
  readonly key: EntityKey;
  readonly labels: Labels;
}

export interface EntityQuestion {
  readonly metric: Metric;
  readonly matchers: readonly Matcher[];
  /** When they are looked up, by rows. */
  readonly range: TimeRange;
  /** Names that a selector lists are looked up too: only what there is counts. */
  readonly isChecked: boolean;
}

type Reading = Pick<QueryContext, "sql" | "metadata" | "storedMetrics">;

/** So many names that are listed make keys without a look at what there is. */
const LISTED_MAX = 500;
const PAIRS_MAX = 20;

const NO_KEY = {
  ...{ service: "", normal: true, instance: "", endpoint: "", destService: "", destNormal: false, destInstance: "" },
  detectPoint: "",
} as const;

/** Each once; of the layers of a service the first that suits. @throws PromqlFault, StorageError */
export async function entitiesOf(question: EntityQuestion, reading: Reading): Promise<readonly Entity[]> {
  const byName = await reading.metadata.byName();
  const { metric, matchers } = question;
  const found = await candidates(question, byName, reading);
  const { scope } = SCOPE_NAMES[metric.scope];
  const rows = found.flatMap(({ key, labels }): Entity[] => {
    const layered = layersOf(byName, key.service).map((layer) => ({
      [NAME]: metric.name,
      layer,
      scope,
      service: key.service,
      ...labels,
    }));
    if (key.destService === "") return layered.map((one) => ({ key, labels: one }));
    const destLayers = layersOf(byName, key.destService);
    return layered.flatMap((one) =>
      destLayers.map((dest_layer) => ({ key, labels: { ...one, dest_layer, dest_service: key.destService } })),
    );
  });
  const kept = await satisfying(rows, ownMatchers(matchers, metric.scope), reading.sql);
  const first = new Map<EntityKey, Entity>();
  for (const row of kept) if (!first.has(row.key)) first.set(row.key, row);
  return [...first.values()].slice(0, limitOf(matchers) ?? undefined);
}

interface Candidate {
  readonly key: EntityKey;
  readonly labels: Labels;
}

type ByName = ReadonlyMap<string, StoredService>;

async function candidates(question: EntityQuestion, byName: ByName, reading: Reading): Promise<Candidate[]> {
  const { metric, matchers, isChecked } = question;
  const { scope, detectPoint } = metric;
  const key = (service: string, more: Partial<EntityKey> = {}): EntityKey => {
    const normal = byName.get(service)?.normal ?? true;
    return { ...NO_KEY, scope, detectPoint, service, normal, ...more };
  };
  const services = valuesOf(ownMatchers(matchers, scope), "service");
  switch (scope) {
    case "service":
      return (services ?? [...byName.keys()]).map((service) => ({ key: key(service), labels: {} }));
    case "instance":
    case "endpoint": {
      const label = scope === "instance" ? "service_instance" : "endpoint";
      const names = valuesOf(matchers, label);
      const of = (service: string, name: string): Candidate => ({
        key: key(service, { [scope]: name }),
        labels: { [label]: name },
      });
      if (!isChecked && services !== null && names !== null && services.length * names.length <= LISTED_MAX)
        return services.flatMap((service) => names.map((name) => of(service, name)));
      const ranked = await withCalls(question, services, byName, reading);
      return ranked.map(({ service, name }) => of(service, name));
    }
    case "service_relation": {
      const dests = valuesOf(matchers, "dest_service");
      const of = (service: string, destService: string, destNormal: boolean): Candidate => ({
        key: key(service, { destService, destNormal }),
        labels: {},
      });
      const isListed = services !== null && dests !== null && services.length * dests.length <= LISTED_MAX;
      if (!isChecked && isListed)
        return services.flatMap((service) => dests.map((dest) => of(service, dest, byName.get(dest)?.normal ?? true)));
      const rows = await readRelations(reading.sql, services ?? dests ?? [], question.range);
      return rows
        .filter((row) => row.detect_point === detectPoint)
        .map((row) => of(row.service, row.dest_service, Boolean(row.is_dest_normal)));
    }
    case "instance_relation":
      return await instancePairs(question, services, key, byName, reading);
  }
}

/** The metrics that tell how often what is ranked was called. */
const CALLS: Partial<Record<Scope, string>> = { instance: "service_instance_cpm", endpoint: "endpoint_cpm" };

/** Instances or endpoints, of one service or of all, by the value of the metric; the most called first where only so many are wanted.
 *  @throws PromqlFault when there are more than a list may have */
async function withCalls(
  { metric, matchers, range }: EntityQuestion,
  services: readonly string[] | null,
  byName: ByName,
  { storedMetrics }: Reading,
): Promise<{ service: string; name: string }[]> {
  if (services?.length === 0) return [];
  const [only] = services?.length === 1 ? services : [];
  const isLimited = limitOf(matchers) !== null;
  const isByCalls = metric.value === "percentile" || (isLimited && !isOfTcp(metric.value));
  const ranked = isByCalls ? (METRICS.get(CALLS[metric.scope] ?? "") ?? metric) : metric;
  const entity = only === undefined ? {} : { serviceName: only, normal: byName.get(only)?.normal ?? true };
  const top = { n: LIST_MAX, order: "des", attributes: [] } as const;
  const { series } = await storedMetrics.read({ kind: "ranked", metric: ranked, entity, range, top });
  const owners = (series[0]?.values ?? []).flatMap(({ owner }) => (owner === null ? [] : [owner]));
  if (owners.length >= LIST_MAX && !isLimited)
    throw new PromqlFault(
      `${metric.name} has ${LIST_MAX} series or more: name a service, or ask for the first ones with top_n or limit`,
      "execution",
    );
  return owners.map((owner) => ({ service: owner.serviceName, name: owner.serviceInstanceName ?? owner.endpointName ?? "" }));
}

/** Of connections, which have no calls. */
function isOfTcp({ parts }: MetricValue): boolean {
  return parts.some(([column]) => column.startsWith("tcp_"));
}

/** How many series a selector wants at most. @throws PromqlFault */
export function limitOf(matchers: readonly Matcher[]): number | null {
  const text = control(matchers, "limit");
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw new PromqlFault(`limit: ${JSON.stringify(text)} is no number`);
  return Number(text) || null;
}

/** @throws PromqlFault unless both services are named */
async function instancePairs(
  { metric, matchers, range }: EntityQuestion,
  services: readonly string[] | null,
  key: (service: string, more: Partial<EntityKey>) => EntityKey,
  byName: ByName,
  { sql }: Reading,
): Promise<Candidate[]> {
  const dests = valuesOf(matchers, "dest_service");
  if (services === null || dests === null || services.length * dests.length > PAIRS_MAX)
    throw new PromqlFault(`${metric.name} needs a service and a dest_service, ${PAIRS_MAX} pairs of them at most`);
  const pairs = services.flatMap((service) => dests.map((dest) => [service, dest] as const));
  const read = await Promise.all(pairs.map(([service, dest]) => readInstanceRelations(sql, service, dest, range)));
  return read.flatMap((rows, i) => {
    const [service, destService] = pairs[i] as readonly [string, string];
    const ofPair = rows.filter(
      (row) => row.service === service && row.dest_service === destService && row.detect_points.includes(metric.detectPoint),
    );
    const destNormal = byName.get(destService)?.normal ?? true;
    return ofPair.map(({ instance, dest_instance: destInstance }) => ({
      key: key(service, { instance, destService, destNormal, destInstance }),
      labels: { service_instance: instance, dest_service_instance: destInstance },
    }));
  });
}

/** Of a service that only its peers know: none that a mesh has. */
export function layersOf(byName: ByName, service: string): readonly string[] {
  return byName.get(service)?.layers ?? ["UNDEFINED"];
}

/** What this server holds: its metrics, the entities that have values of one, and the values. */

import type { Metric } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { endpointId, instanceId, relationId, serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { type HeldBy, readEntitiesHolding } from "../readers/entities-holding.ts";
import { ask } from "./ask.ts";
import type { Parameters } from "./parameters.ts";
import { EXPRESSION_RESULT, entityOf } from "./questions.ts";

/** By our scope: how the query protocol numbers and calls it. */
const SCOPES: Readonly<Record<Metric["scope"], readonly [scopeId: number, scope: string, catalog: string]>> = {
  service: [1, "Service", "SERVICE"],
  instance: [2, "ServiceInstance", "SERVICE_INSTANCE"],
  endpoint: [3, "Endpoint", "ENDPOINT"],
  service_relation: [4, "ServiceRelation", "SERVICE_RELATION"],
  instance_relation: [5, "ServiceInstanceRelation", "SERVICE_INSTANCE_RELATION"],
};
const STEPS = ["MINUTE", "HOUR", "DAY"];
const ROWS_MAX = 300;
const TIME = ["start", "end"] as const;

const DEFINITIONS = "query ($regex: String) { listMetrics(regex: $regex) { name type } }";
const VALUES = `query ($expression: String!, $entity: Entity!, $duration: Duration!) {
  execExpression(expression: $expression, entity: $entity, duration: $duration) { ${EXPRESSION_RESULT} }
}`;

/** Those that are produced here. Names that are known and never produced hold nothing. */
export async function inspectMetrics(given: Parameters, context: QueryContext): Promise<object> {
  const { listMetrics } = (await ask(context, DEFINITIONS, { regex: given.text("regex") })) as {
    listMetrics: { name: string; type: string }[];
  };
  const [types, catalogs] = [given.list("type"), given.list("catalog")];
  const metrics = listMetrics.flatMap(({ name, type }) => {
    const metric = METRICS.get(name);
    if (metric === undefined) return [];
    const [scopeId, scope, catalog] = SCOPES[metric.scope];
    return [{ name, type, catalog, scopeId, scope, valueColumnName: columnsOf(metric), downsamplings: STEPS }];
  });
  const isAsked = (of: readonly string[], one: string): boolean => of.length === 0 || of.includes(one);
  return { metrics: metrics.filter(({ type, catalog }) => isAsked(types, type) && isAsked(catalogs, catalog)) };
}

/** One row for each layer of an entity's service, as clients expect; what was seen last comes first. */
export async function inspectEntities(given: Parameters, context: QueryContext): Promise<object> {
  const name = given.needed("metric");
  const metric = METRICS.get(name);
  if (metric === undefined) throw new QueryError(`metric unknown: ${name}; /inspect/metrics lists those that there are`);
  const duration = given.duration(TIME);
  if (!STEPS.includes(duration.step)) throw new QueryError(`step ${duration.step} not supported by metric ${name} (${STEPS})`);
  const limit = given.integer("limit") ?? ROWS_MAX;
  if (limit < 1 || limit > ROWS_MAX) throw new QueryError(`limit must be between 1 and ${ROWS_MAX}`);
  const held = await readEntitiesHolding(context.sql, metric, parseDuration(duration), limit);
  const rows = await Promise.all(held.map((one) => rowsOf(one, metric.scope, context)));
  return { metric: name, scope: SCOPES[metric.scope][1], ...duration, rows: rows.flat() };
}

/** Of `expression`, or of one `metric`, for the entity that the other parameters name. */
export async function inspectValues(given: Parameters, context: QueryContext): Promise<unknown> {
  const expression = given.text("expression") ?? given.needed("metric");
  return await values(context, { expression, entity: entityOf(given), duration: given.duration(TIME) });
}

/** The same from a body: {expression, entity, start, end, step}. Metrics of other servers that it may name are not known here: all servers
 *  of a storage have the same. */
export async function inspectValuesOf(body: Readonly<Record<string, unknown>>, context: QueryContext): Promise<unknown> {
  const { expression, entity, start, end, step } = body;
  return await values(context, { expression, entity, duration: { start, end, step } });
}

async function values(context: QueryContext, variables: Record<string, unknown>): Promise<unknown> {
  const { execExpression } = await ask(context, VALUES, variables);
  const { error } = execExpression as { error: string | null };
  if (error !== null) throw new QueryError(error);
  return execExpression;
}

async function rowsOf(held: HeldBy, scope: Metric["scope"], { metadata }: QueryContext): Promise<object[]> {
  const layers = (await metadata.service(held.service, Boolean(held.normal)))?.layers ?? ["UNDEFINED"];
  const source = end(held.service, held.normal, held.instance, held.endpoint);
  const row =
    held.dest_service === ""
      ? { entityId: source.id, decoded: source.decoded, mqeEntity: { scope: SCOPES[scope][1], ...source.entity } }
      : relation(source, end(held.dest_service, held.dest_normal, held.dest_instance, ""), SCOPES[scope][1]);
  return layers.map((layer) => ({ ...row, layer }));
}

interface End {
  readonly id: string;
  readonly decoded: object;
  readonly entity: { readonly serviceName: string; readonly normal: boolean; readonly serviceInstanceName?: string };
}

function end(service: string, isNormal: number, instance: string, endpoint: string): End {
  const normal = Boolean(isNormal);
  const member = {
    ...(instance === "" ? {} : { serviceInstanceName: instance }),
    ...(endpoint === "" ? {} : { endpointName: endpoint }),
  };
  const id =
    instance !== ""
      ? instanceId(service, instance, normal)
      : endpoint !== ""
        ? endpointId(service, endpoint, normal)
        : serviceId(service, normal);
  return {
    id,
    decoded: { serviceName: service, isReal: normal, ...member },
    entity: { serviceName: service, normal, ...member },
  };
}

function relation(source: End, destination: End, scope: string): object {
  const { serviceName, normal, serviceInstanceName } = destination.entity;
  const dest = serviceInstanceName === undefined ? {} : { destServiceInstanceName: serviceInstanceName };
  return {
    entityId: relationId(source.id, destination.id),
    decoded: { source: source.decoded, destination: destination.decoded },
    mqeEntity: { scope, ...source.entity, destServiceName: serviceName, destNormal: normal, ...dest },
  };
}

/** The columns of a row that a value is made of. */
function columnsOf({ value }: Metric): string {
  return value === "percentile" ? "latency_histogram" : [...new Set(value.parts.map(([column]) => column))].join(",");
}

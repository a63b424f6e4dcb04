/** Access-log rows as the logs of the query protocol: JSON text with tags. */
import { endpointId, instanceId, parseMemberId, parseServiceId, serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import { DAY_MS } from "../../oap/model/time-bucket.ts";
import type { QueryContext } from "../context.ts";
import { type DurationInput, parseDuration } from "../duration.ts";
import { type LogFilter, type LogFilterInput, logFilter } from "../log-filter.ts";
import type { Slice } from "../log-pages.ts";
import { logOf } from "../log-shape.ts";
import { TAG_COLUMNS, type Tag, tagConditions, tagsOf, tagValues } from "../log-tags.ts";
import { type Pagination, pageOf } from "../paging.ts";
import { type LogRow, readLogFacet, readLogPage } from "../readers/logs.ts";

interface Searched {
  readonly relatedTrace?: { readonly traceId: string } | null;
  readonly queryDuration?: DurationInput | null;
  readonly paging: Pagination;
  readonly tags?: readonly Tag[] | null;
  readonly keywordsOfContent?: readonly string[] | null;
  readonly excludingKeywordsOfContent?: readonly string[] | null;
  readonly queryOrder?: "ASC" | "DES" | null;
}

interface Condition extends Searched {
  readonly serviceId?: string | null;
  readonly serviceInstanceId?: string | null;
  readonly endpointId?: string | null;
}

interface ConditionByName extends Searched {
  readonly service?: { readonly serviceName: string } | null;
  readonly instance?: { readonly serviceName: string; readonly instanceName: string } | null;
  readonly endpoint?: { readonly serviceName: string; readonly endpointName: string } | null;
}

/** Names that a row's reporter and endpoint must have; null: any. */
interface Names {
  readonly services: readonly string[];
  readonly instances: readonly string[];
  readonly endpoints: readonly string[];
}

const KEYWORDS_MAX = 20;
const KEYWORD_MAX = 1_000;
const VALUES_MAX = 100;
/** Sets of flags that the values of their tag are put together from. */
const SETS_MAX = 1_000;
const NO_LOGS = { errorReason: null, logs: [], debuggingTrace: null };

export const queryLogs = {
  Query: {
    supportQueryLogsByKeywords: () => true,
    queryLogs: (_: unknown, { condition }: { condition?: Condition | null }, context: QueryContext) =>
      search(context, condition, namesOfIds(condition)),
    queryLogsByName: (_: unknown, { condition }: { condition?: ConditionByName | null }, context: QueryContext) =>
      search(context, condition, namesOf(condition)),
    queryLogTagAutocompleteKeys: async (_: unknown, { duration }: { duration: DurationInput }, context: QueryContext) => {
      const keys = Object.keys(TAG_COLUMNS);
      const values = await Promise.all(keys.map((key) => valuesOf(context, key, duration)));
      return keys.filter((_key, i) => values[i]?.length !== 0);
    },
    queryLogTagAutocompleteValues: (
      _: unknown,
      { tagKey, duration }: { tagKey: string; duration: DurationInput },
      context: QueryContext,
    ) => valuesOf(context, tagKey, duration),
  },
};

async function search(context: QueryContext, condition: Searched | null | undefined, names: Names | null) {
  if (condition?.queryDuration == null && !condition?.relatedTrace?.traceId)
    throw new QueryError("condition: queryDuration or relatedTrace is needed");
  const { offset, size } = pageOf(condition.paging);
  const slice = condition.queryDuration == null ? ever(context) : sliceOf(condition.queryDuration);
  const sign = condition.queryOrder === "ASC" ? 1 : -1;
  const read = async (ids: TraceFilter): Promise<LogRow[]> => {
    const filter = names === null ? null : filterOf(condition, names, ids);
    if (filter === null || slice.fromUs >= slice.toUs) return [];
    return await readLogPage(context.sql, { ...slice, filter, sign, place: null, limit: offset + size });
  };
  const id = condition.relatedTrace?.traceId;
  let rows = await read(id ? { traceIds: [id] } : {});
  // One after the other: an index of either column finds rows, and no index those of one or the other.
  if (id && rows.length === 0) rows = await read({ requestIds: [id] });
  return { ...NO_LOGS, logs: rows.slice(offset).map(shape) };
}

/** What is called a trace in a question: its id, or that of a request where no header told a trace. */
type TraceFilter = Pick<LogFilterInput, "traceIds" | "requestIds">;

/** Null when no row can fit. */
function filterOf(condition: Searched, { services, instances, endpoints }: Names, ids: TraceFilter): LogFilter | null {
  const tags = tagConditions(condition.tags ?? []);
  if (tags === null) return null;
  const { conditions, params, ...rest } = logFilter({
    ...ids,
    reporters: services,
    endpoints,
    codes: tags.codes,
    kept: tags.kept,
  });
  const more = {
    ...(instances.length === 0 ? {} : { own_instances: instances }),
    ...(tags.flags === 0 ? {} : { flags_all: tags.flags }),
    ...listOf("keywords", condition.keywordsOfContent),
    ...listOf("without_keywords", condition.excludingKeywordsOfContent),
  };
  return { ...rest, conditions: [...conditions, ...Object.keys(more)], params: { ...params, ...more } };
}

function listOf(name: string, given: readonly string[] | null | undefined): Record<string, readonly string[]> {
  const keywords = (given ?? []).filter((one) => one !== "");
  if (keywords.length > KEYWORDS_MAX) throw new QueryError(`${name}: ${keywords.length} are more than ${KEYWORDS_MAX}`);
  if (keywords.some((one) => one.length > KEYWORD_MAX))
    throw new QueryError(`${name}: one is longer than ${KEYWORD_MAX} characters`);
  return keywords.length === 0 ? {} : { [name]: keywords };
}

function shape(row: LogRow) {
  const called = row.detect_point === "server" ? row.service : row.callee; // endpoints belong to the called service
  return {
    serviceName: row.service,
    serviceId: serviceId(row.service),
    serviceInstanceName: row.instance,
    serviceInstanceId: instanceId(row.service, row.instance),
    endpointName: row.endpoint || null,
    endpointId: row.endpoint === "" ? null : endpointId(called, row.endpoint),
    traceId: row.trace_id || null,
    timestamp: Math.floor(row.time_us / 1_000),
    contentType: "JSON",
    content: JSON.stringify(logOf(row)),
    tags: tagsOf(row),
  };
}

async function valuesOf({ sql }: QueryContext, key: string, duration: DurationInput): Promise<string[]> {
  const column = TAG_COLUMNS[key];
  const slice = sliceOf(duration);
  if (column === undefined || slice.fromUs >= slice.toUs) return [];
  const rows = await readLogFacet(sql, logFilter({}), slice, { column, limit: SETS_MAX });
  return tagValues(
    key,
    rows.map(({ value }) => value),
  ).slice(0, VALUES_MAX); // prettier-ignore
}

/** Null when an id stands for nothing. Blank ids are no ids. */
function namesOfIds(condition: Condition | null | undefined): Names | null {
  const { serviceId: service, serviceInstanceId: instance, endpointId: endpoint } = condition ?? {};
  const keys = [
    service ? parseServiceId(service) : undefined,
    instance ? parseMemberId(instance) : undefined,
    endpoint ? parseMemberId(endpoint) : undefined,
  ] as const;
  if (keys.includes(null)) return null;
  const services = [...new Set(keys.flatMap((key) => key?.service ?? []))];
  if (services.length > 1) return null;
  return { services, instances: keys[1] ? [keys[1].name] : [], endpoints: keys[2] ? [keys[2].name] : [] };
}

function namesOf(condition: ConditionByName | null | undefined): Names | null {
  const { service, instance, endpoint } = condition ?? {};
  const services = [...new Set(presentOf([service, instance, endpoint].map((one) => one?.serviceName)))];
  if (services.length > 1) return null;
  return { services, instances: presentOf([instance?.instanceName]), endpoints: presentOf([endpoint?.endpointName]) };
}

/** Clients send what nobody typed as empty texts: they narrow nothing. */
function presentOf(texts: readonly (string | null | undefined)[]): string[] {
  return texts.flatMap((text) => (text ? [text] : []));
}

function sliceOf(duration: DurationInput): Slice {
  const { fromMs, toMs } = parseDuration(duration);
  return { fromUs: fromMs * 1_000, toUs: toMs * 1_000 };
}

/** All that is kept: newest rows come first, and a request is found by its index. */
function ever({ clock, retention }: QueryContext): Slice {
  const days = Math.max(retention.accessLogDays, retention.failedAccessLogDays) + 2;
  return { fromUs: (clock.now() - days * DAY_MS) * 1_000, toUs: (clock.now() + DAY_MS) * 1_000 };
}

import { KNOWN, type KnownMetric } from "../../oap/catalog/known.ts";
import type { Metric } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { QueryError, StorageError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import { type DurationInput, parseDuration } from "../duration.ts";
import type { EntityInput } from "../entity-input.ts";
import { evaluate } from "../expression/evaluate.ts";
import { failure, formatValue, type Result } from "../expression/result.ts";

const CATALOGS = {
  service: "SERVICE",
  instance: "SERVICE_INSTANCE",
  endpoint: "ENDPOINT",
  service_relation: "SERVICE_RELATION",
  instance_relation: "SERVICE_INSTANCE_RELATION",
  endpoint_relation: "ENDPOINT_RELATION",
  process: "PROCESS",
  process_relation: "PROCESS_RELATION",
} as const;
const REGEX_MAX = 256;

interface ExecExpression {
  readonly expression: string;
  readonly entity: EntityInput;
  readonly duration: DurationInput;
}

export const metrics = {
  Query: {
    execExpression: async (_: unknown, asked: ExecExpression, context: QueryContext) => shape(await execute(asked, context)),
    listMetrics: (_: unknown, { regex }: { regex?: string | null }) => {
      const pattern = wholeName(regex ?? ".*");
      return [...METRICS.values(), ...KNOWN.values()]
        .filter(({ name }) => pattern.test(name))
        .map((metric) => ({
          name: metric.name,
          type: typeOf(metric),
          catalog: CATALOGS[metric.scope],
        })); // prettier-ignore
    },
    typeOfMetrics: (_: unknown, { name }: { name: string }) => typeOf(METRICS.get(name) ?? KNOWN.get(name)),
  },
};

/** Where other expressions of the request have an answer, what cannot be read is the error of its own expression: as an error of the request it
 *  would take all of them with it. @throws StorageError when nothing could be read, QueryError */
async function execute({ expression, entity, duration }: ExecExpression, { storedMetrics, failures }: QueryContext) {
  try {
    return await evaluate(expression, entity, parseDuration(duration), storedMetrics);
  } catch (error) {
    if (!(error instanceof StorageError) || !storedMetrics.hasAnswered) throw error;
    return failure(failures.textOf(error));
  }
}

/** @throws QueryError when the text is no regular expression. */
function wholeName(regex: string): RegExp {
  if (regex.length > REGEX_MAX) throw new QueryError(`regex: longer than ${REGEX_MAX} characters`);
  try {
    return new RegExp(`^(?:${regex})$`, "u");
  } catch (cause) {
    throw new QueryError(`regex: ${(cause as Error).message}`, cause);
  }
}

const KNOWN_TYPES = { value: "REGULAR_VALUE", labeled: "LABELED_VALUE", record: "SAMPLED_RECORD" } as const;

function typeOf(metric: Metric | KnownMetric | undefined): string {
  if (metric === undefined) return "UNKNOWN";
  if ("shape" in metric) return KNOWN_TYPES[metric.shape];
  return metric.value === "percentile" ? "LABELED_VALUE" : "REGULAR_VALUE";
}

function shape({ type, series, error }: Result) {
  return {
    type,
    error,
    debuggingTrace: null,
    results: series.map(({ labels, values }) => ({
      metric: { labels },
      values: values.map(({ id, owner, value }) => ({
        id,
        owner,
        value: value === null ? null : formatValue(value),
        traceID: null,
      })),
    })),
  };
}

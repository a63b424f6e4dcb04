/** A metrics expression over an entity and a window. */
import { z } from "zod";
import { QueryError } from "../../../oap/model/errors.ts";
import { stepsOf } from "../steps.ts";
import { answerShape, defineTool, ServiceName, WHEN } from "../tool.ts";
import { isoOf, spanOf } from "../when.ts";
import { paragraphs, section, table } from "../words.ts";

const SERIES_MAX = 20;
const VALUES_MAX = 500;
const QUERY = `query ($expression: String!, $entity: Entity!, $duration: Duration!) {
  execExpression(expression: $expression, entity: $entity, duration: $duration) { type error
    results { metric { labels { key value } } values { id value owner { serviceName serviceInstanceName endpointName } } } }
}`;

interface ValueAnswer {
  readonly id: string | null;
  readonly value: string | null;
  readonly owner: Readonly<Record<"serviceName" | "serviceInstanceName" | "endpointName", string | null>> | null;
}
interface Answer {
  readonly type: string;
  readonly error: string | null;
  readonly results: readonly {
    readonly metric: { readonly labels: readonly { readonly key: string; readonly value: string }[] };
    readonly values: readonly ValueAnswer[];
  }[];
}

const Name = z.string().min(1).max(1_000).optional();

export const queryMetrics = defineTool({
  name: "query_metrics",
  title: "A metrics expression",
  description: `A metrics expression over a service, instance, endpoint or relation: points of a series, one number, or a ranking. list_metrics has the names.
Examples: service_cpm; avg(service_resp_time); service_percentile{p='50,99'}; service_sla / 100; top_n(service_resp_time, 5, des); top_n(endpoint_cpm, 10, des) with a service; service_relation_client_cpm with service and destService.
Functions: avg sum max min latest count, abs ceil floor round, increase rate, top_n top_n_of, aggregate_labels relabels, view_as_seq is_present; + - * / %, comparisons, && ||.`,
  input: z.strictObject({
    expression: z.string().min(1).max(4_000),
    service: ServiceName.optional(),
    instance: Name.describe("Name of an instance of the service."),
    endpoint: Name.describe("Name of an endpoint of the service, as GET:/orders/{var}."),
    destService: ServiceName.optional().describe("The called service, for metrics of relations; service is the caller."),
    destInstance: Name.describe("The called instance."),
    step: z
      .enum(["minute", "hour", "day"])
      .optional()
      .describe("Length of a point. Default: minute up to 4 hours, hour up to 10 days."),
    ...WHEN,
  }),
  output: answerShape({
    type: z.string().describe("TIME_SERIES_VALUES, SINGLE_VALUE, SORTED_LIST or RECORD_LIST."),
    step: z.string(),
    series: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        values: z.array(
          z.object({
            at: z.string().nullable().describe("Start of a point, UTC; null where it is none."),
            owner: z.string().nullable().describe("Of a ranking: whose value it is."),
            value: z.union([z.number(), z.string()]).nullable().describe("null: nothing was seen. Text only for ∞ and NaN."),
          }),
        ),
      }),
    ),
  }),
  answer: async ({ expression, step, service, destService, instance, endpoint, destInstance, ...when }, question) => {
    const span = spanOf(when, question.now);
    const { duration, from, to } = stepsOf(span, step?.toUpperCase() as "MINUTE" | undefined);
    const asked = question.when({ from: String(from), to: String(to) });
    const resolve = (argument: string, given: string | undefined) =>
      given === undefined ? null : question.service(argument, given, asked);
    const [serviceName, destServiceName] = await Promise.all([resolve("service", service), resolve("destService", destService)]);
    const entity = {
      serviceName,
      normal: serviceName === null ? null : true,
      serviceInstanceName: instance ?? null,
      endpointName: endpoint ?? null,
      destServiceName,
      destNormal: destServiceName === null ? null : true,
      destServiceInstanceName: destInstance ?? null,
    };
    const { execExpression } = (await question.ask(QUERY, { expression, entity, duration })) as { execExpression: Answer };
    const { type, error, results } = execExpression;
    if (error !== null) throw new QueryError(`expression: ${error}`);
    if (results.every(({ values }) => values.every(({ value }) => value === null)))
      question.note(
        "There are no values: nothing was seen, or the metric is of something else than was given (list_metrics tells of what each is).",
      );
    if (results.length > SERIES_MAX) question.note(`${results.length} series, of which ${SERIES_MAX} are told.`);
    if (to > question.now) question.note("The last point is not over yet: what is counted in it is still growing.");
    const isSeries = type === "TIME_SERIES_VALUES";
    const series = results.slice(0, SERIES_MAX).map(({ metric, values }) => ({
      labels: Object.fromEntries(metric.labels.map(({ key, value }) => [key, value])),
      values: values.slice(0, VALUES_MAX).map((one) => ({
        at: isSeries && one.id !== null ? isoOf(Number(one.id)) : null,
        owner: ownerOf(one),
        value: numberOf(one.value),
      })),
    }));
    const link = serviceName === null ? asked.links.services() : asked.links.service(serviceName);
    const window = { from: isoOf(from), to: isoOf(to) };
    const tables = series.map(({ labels, values }) => {
      const title = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
      return section(
        title || expression,
        table(
          [isSeries ? "from" : "of", "value"],
          values.map(({ at, owner, value }) => [at ?? owner ?? "all", value === null ? "–" : String(value)]),
        ),
      );
    });
    return {
      window,
      link,
      structured: { type, step: duration.step.toLowerCase(), series },
      body: paragraphs(...tables) || "No values.",
    };
  },
});

function ownerOf({ owner, id }: ValueAnswer): string | null {
  if (owner === null) return null;
  const parts = [owner.serviceName, owner.serviceInstanceName ?? owner.endpointName].filter((part) => part !== null);
  return parts.join(" ") || id;
}

function numberOf(value: string | null): number | string | null {
  if (value === null) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

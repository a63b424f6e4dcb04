/** Metrics that expressions can name. */
import { z } from "zod";
import { SCOPES } from "../../../oap/catalog/columns.ts";
import { METRICS } from "../../../oap/catalog/metrics.ts";
import { answerShape, defineTool } from "../tool.ts";
import { table } from "../words.ts";

const QUERY = "query ($regex: String) { listMetrics(regex: $regex) { name } }";

export const listMetrics = defineTool({
  name: "list_metrics",
  title: "Metrics",
  description:
    "Names, units and meanings of the metrics that query_metrics takes, and of what each is: a service, an instance, an endpoint, or a relation between two.",
  input: z.strictObject({
    name: z.string().max(100).optional().describe("Only metrics with this in their name."),
    scope: z.enum(SCOPES).optional(),
  }),
  output: answerShape({
    metrics: z.array(
      z.object({
        name: z.string(),
        scope: z.string(),
        unit: z.string(),
        help: z.string(),
        labels: z.array(z.string()).describe("p: percentiles, as service_percentile{p='50,99'}."),
      }),
    ),
  }),
  answer: async ({ name = "", scope }, question) => {
    const { listMetrics: known } = (await question.ask(QUERY, {})) as { listMetrics: readonly { readonly name: string }[] };
    // Those that are only known by name have no values.
    const metrics = known
      .flatMap((one) => METRICS.get(one.name) ?? [])
      .filter((metric) => metric.name.includes(name.toLowerCase()) && (scope === undefined || metric.scope === scope))
      .map(({ name, scope, unit, help, value }) => ({ name, scope, unit, help, labels: value === "percentile" ? ["p"] : [] }));
    const rows = metrics.map((one) => [
      one.labels.length === 0 ? one.name : `${one.name}{${one.labels.join(",")}}`,
      one.scope,
      one.unit,
      one.help,
    ]);
    const body = rows.length === 0 ? "No metric fits." : table(["metric", "of", "unit", "meaning"], rows);
    return { window: null, link: question.when({}).links.services(), structured: { metrics }, body };
  },
});

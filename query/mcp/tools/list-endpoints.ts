/** The highest endpoints of the mesh, or of one service. */
import { z } from "zod";
import { idOf } from "../question.ts";
import { answerShape, defineTool, limit, ServiceName, WHEN } from "../tool.ts";
import { count, ms, percent, rate, table } from "../words.ts";

const LIMIT = 20;
const QUERY = `query ($window: Window!, $by: MeshTopBy!, $limit: Int, $service: ID, $minCalls: Long) {
  meshTopEndpoints(window: $window, by: $by, limit: $limit, service: $service, minCalls: $minCalls) { isExact
    endpoints { name service calls failed callRate errorShare p50 p95 p99 } }
}`;
const ORDERS = { calls: "CALLS", failed: "FAILED", errors: "ERROR_SHARE", p95: "P95", p99: "P99" } as const;

const Endpoint = z.object({
  service: z.string(),
  name: z.string(),
  calls: z.number(),
  failed: z.number(),
  callRate: z.number(),
  errorShare: z.number().nullable(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});

export const listEndpoints = defineTool({
  name: "list_endpoints",
  title: "Endpoints",
  description: "The busiest, most failing or slowest endpoints (method and path) of the whole mesh, or of one service.",
  input: z.strictObject({
    sort: z
      .enum(["calls", "failed", "errors", "p95", "p99"])
      .optional()
      .describe("Highest first by: calls (default), failed calls, share of errors, p95 or p99."),
    service: ServiceName.optional(),
    minCalls: z.number().int().min(1).optional().describe("Only endpoints with so many calls: for errors, p95 and p99."),
    limit: limit(LIMIT, 200),
    ...WHEN,
  }),
  output: answerShape({ endpoints: z.array(Endpoint) }),
  answer: async ({ sort = "calls", service, minCalls = 1, limit: most = LIMIT, ...when }, question) => {
    const asked = question.when(when);
    const name = service === undefined ? undefined : await question.service("service", service, asked);
    const variables = {
      ...asked.variables,
      by: ORDERS[sort],
      limit: most,
      service: name === undefined ? null : idOf(name),
      minCalls,
    };
    const { meshTopEndpoints } = await question.ask(QUERY, variables);
    const endpoints = meshTopEndpoints.endpoints as readonly z.infer<typeof Endpoint>[];
    if (!meshTopEndpoints.isExact)
      question.note("An endpoint that is not listed may be as slow as the last ones listed, within 17 %.");
    if (endpoints.length === most) question.note(`There may be more; these are the first ${most} (limit).`);
    const rows = endpoints.map((one) => [
      `${one.service} ${one.name}`,
      count(one.calls),
      rate(one.callRate),
      count(one.failed),
      percent(one.errorShare),
      ms(one.p50),
      ms(one.p95),
      ms(one.p99),
    ]);
    const head = ["endpoint", "calls", "rate", "failed", "of its calls", "p50", "p95", "p99"];
    const link =
      name === undefined
        ? asked.links.services({ sort: sort === "p95" || sort === "p99" ? "-p95" : "-calls" })
        : asked.links.service(name);
    return {
      window: asked.window,
      link,
      structured: { endpoints },
      body: rows.length === 0 ? "No endpoint was called." : table(head, rows),
    };
  },
});

/** Rows of the access log. */
import { z } from "zod";
import { flagLegend, LOG_FIELDS, LogRow, type LogRowAnswer, logTable, toldLog } from "../log-rows.ts";
import { filterInput, LogFilterShape, type LogPart, type LogWord, logParts } from "../log-words.ts";
import type { Asked, Question } from "../question.ts";
import { answerShape, defineTool, limit, WHEN } from "../tool.ts";
import { count, list, paragraphs, section } from "../words.ts";

const LIMIT = 20;
const FACETS = ["CALLER", "CALLEE", "ENDPOINT", "CODE", "FLAGS", "CODE_DETAILS", "TLS_MODE", "UPSTREAM_ADDRESS"];
const QUERY = `query ($window: LogWindow!, $filter: MeshLogFilter, $first: Int, $after: String, $order: MeshLogOrder, $facets: [MeshLogField!]!) {
  meshLogs(window: $window, filter: $filter, first: $first, after: $after, order: $order) { next total { rows calls isExact } rows { ${LOG_FIELDS} } }
  meshLogFacets(window: $window, filter: $filter, fields: $facets, first: 8) { field truncated values { value calls rows } }
}`;
/** Words whose values are names of services. */
const SERVICE_WORDS: readonly LogWord[] = ["service", "caller", "callee", "reporter"];

export const searchLogs = defineTool({
  name: "search_logs",
  title: "Search the access log",
  description:
    "Rows of the access log that fit a filter, newest first, each call with its caller, callee, endpoint, code, flags, time, TLS and request id. The words of the filter are those of the dashboard's search bar; all must fit, of several values any. Begin with kept: failed to see failures.",
  input: z.strictObject({
    filter: LogFilterShape.optional(),
    ...WHEN,
    limit: limit(LIMIT, 100),
    order: z.enum(["newest", "oldest"]).optional(),
    after: z
      .string()
      .max(1_000)
      .optional()
      .describe("`next` of the page before, with the same filter, order, and its window as from and to."),
    facets: z
      .boolean()
      .optional()
      .describe("Also which callers, callees, endpoints, codes, flags, TLS modes and hosts the rows have, most calls first."),
  }),
  output: answerShape({
    rows: z.array(LogRow),
    total: z.object({
      rows: z.number().describe("Rows that fit, of all pages."),
      calls: z.number().describe("Calls they stand for: of a busy mesh a sample is kept."),
      isExact: z.boolean().describe("false: calls is an estimate."),
    }),
    next: z.string().nullable().describe("Pass it as after for the next page; null: this is the last."),
    facets: z.array(
      z.object({
        field: z.string(),
        truncated: z.boolean(),
        values: z.array(z.object({ value: z.string(), calls: z.number(), rows: z.number() })),
      }),
    ),
  }),
  answer: async ({ filter = {}, limit: first = LIMIT, order = "newest", after, facets = false, ...when }, question) => {
    const asked = question.whenExactly(when);
    const parts = await withNames(logParts(filter), question, asked);
    const variables = {
      ...asked.variables,
      filter: filterInput(parts),
      first,
      after: after ?? null,
      order: order.toUpperCase(),
      facets: facets ? FACETS : [],
    };
    const { meshLogs, meshLogFacets } = await question.ask(QUERY, variables);
    const { total, next } = meshLogs;
    if (!total.isExact)
      question.note(
        "Of these calls only a sample is kept; numbers of calls are estimates. Metrics and failures count every call.",
      );
    const rows = (meshLogs.rows as readonly LogRowAnswer[]).map(toldLog);
    const listed = `${count(total.rows)} rows fit, standing for ${total.isExact ? "" : "about "}${count(total.calls)} calls; ${rows.length} shown, ${order} first.`;
    const body = paragraphs(
      total.rows === 0
        ? "No row fits. Rows of ordinary calls are kept some days, of a busy mesh as a sample; metrics have every call."
        : listed,
      section(
        "What they have in common, in calls",
        list((meshLogFacets as readonly FacetAnswer[]).filter(({ values }) => values.length > 0).map(facetLine)),
      ),
      logTable(rows),
      flagLegend(rows),
      next === null ? "" : `More: after = ${next}`,
    );
    return {
      window: asked.window,
      link: asked.links.logs(parts),
      structured: { rows, total, next, facets: meshLogFacets },
      body,
    };
  },
});

interface FacetAnswer {
  readonly field: string;
  readonly truncated: boolean;
  readonly values: readonly { readonly value: string; readonly calls: number; readonly rows: number }[];
}

/** `- code: 503 (270), 500 (3)` */
function facetLine({ field, values, truncated }: FacetAnswer): string {
  const shown = values.map(({ value, calls }) => `${value || "(empty)"} (${count(calls)})`);
  return `${field.toLowerCase().replaceAll("_", " ")}: ${shown.join(", ")}${truncated ? " and more" : ""}`;
}

function withNames(parts: readonly LogPart[], question: Question, asked: Asked): Promise<LogPart[]> {
  return Promise.all(
    parts.map(async ({ word, value }) =>
      SERVICE_WORDS.includes(word) ? { word, value: await question.service(`filter.${word}`, value, asked) } : { word, value },
    ),
  );
}

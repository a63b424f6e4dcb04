/** Asks the documents of a dashboard and checks each answer: its shape always, its values wherever it is known what was sent. */
import { expect } from "vitest";
import { METRICS } from "../../oap/catalog/metrics.ts";
import type { DemoNumbers } from "../builders/demo-numbers.ts";
import type { ExpressionDocument } from "../builders/expression-documents.ts";
import { POINTS } from "./demo-mesh.ts";
import type { Ask } from "./graphql-client.ts";

interface Value {
  /** As Booster UI names it, and everybody else. */
  readonly name?: string | null;
  readonly id?: string | null;
  readonly value: string | null;
  readonly owner?: { readonly serviceName: string | null } | null;
}

interface Answer {
  readonly type: string;
  readonly error: string | null;
  readonly results: readonly { readonly metric: { readonly labels: readonly object[] }; readonly values: readonly Value[] }[];
}

/** Of this mesh, only connections without HTTP have these. */
const TCP_ONLY = /throughput|_received|_sent/;

/** @returns how many expressions had known numbers */
export async function checkExpressions(
  ask: Ask,
  { query, variables, expressions, entities }: ExpressionDocument,
  numbers: DemoNumbers,
) {
  const data = await ask(query, Object.keys(variables).length === 0 ? undefined : variables);
  expect(Object.keys(data).sort()).toEqual(Object.keys(expressions).sort());
  let known = 0;
  const hasValues = new Map<string, boolean>();
  for (const [alias, text] of Object.entries(expressions)) {
    const answer = data[alias] as Answer;
    expect([text, answer.error]).toEqual([text, null]);
    const values = answer.results.flatMap((one) => one.values);
    checkShape(text, answer);
    const expected = numbers.of(text, entities[alias] ?? {});
    if (expected !== undefined) {
      known++;
      expect([text, entities[alias], values.map(({ value }) => value)]).toEqual([text, entities[alias], expected]);
    }
    hasValues.set(text, hasValues.get(text) === true || values.some(({ value }) => value !== null));
  }
  for (const [text, has] of hasValues) expect([text, has]).toEqual([text, isSeen(text) && !TCP_ONLY.test(text)]);
  return known;
}

function checkShape(text: string, { type, results }: Answer): void {
  if (/^\(?(avg|sum|latest)\(/.test(text)) {
    expect([text, type, results.map(({ values }) => values.length)]).toEqual([text, "SINGLE_VALUE", results.map(() => 1)]);
  } else if (text.startsWith("top_n(")) {
    expect([text, type]).toEqual([text, "SORTED_LIST"]);
    for (const { owner } of results.flatMap((one) => one.values)) expect(owner?.serviceName).toMatch(/\w/);
  } else {
    expect([text, type]).toEqual([text, "TIME_SERIES_VALUES"]);
    for (const { values } of results) expect(values.map(({ name, id }) => name ?? id)).toEqual(POINTS.map(String));
  }
  if (text.startsWith("relabels(")) {
    const labels = ["50", "75", "90", "95", "99"].map((value) => [{ key: "percentile", value }]);
    expect(results.map(({ metric }) => metric.labels)).toEqual(labels);
  }
}

/** Whether all of its metrics are measured here; those of proxies themselves and of Istio's control plane are only known. */
function isSeen(text: string): boolean {
  return (text.match(/\b(service|endpoint|instance|envoy|meter)_\w+/g) ?? []).every((name) => METRICS.has(name));
}

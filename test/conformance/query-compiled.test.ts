/** A document is executed as compiled code from the second time on: whatever is asked, the answer must not tell. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Query, startQuery } from "./query-fixture.ts";

const AT = Date.parse("2026-05-01T10:00:00Z");
const HOUR = { from: AT, to: AT + 3_600_000 };
const DURATION = { start: "2026-05-01 1000", end: "2026-05-01 1004", step: "MINUTE" };
let query: Query;

beforeAll(async () => {
  query = await startQuery({ now: "2026-05-01T10:30:00Z" });
  const row = { scope: "service" as const, minute: "2026-05-01 10:00:00", service: "cart", calls: 9, failed: 1, timed: 9 };
  await query.traffic(
    { ...row, latencies: Array(9).fill(20) },
    { ...row, minute: "2026-05-01 10:02:00", latencies: Array(9).fill(90) },
    { ...row, scope: "service_relation", service: "web", dest_service: "cart", dest_normal: 1, detect_point: "server" },
  );
  const seen = "2026-05-01 10:00:00";
  await query.insert("service_meta", [{ service: "cart", normal: 1, layer: "MESH", first_seen: seen, last_seen: seen }]);
});
afterAll(async () => await query.close());

const SERVICE = "meshService(id: $id, window: $window) { name traffic { calls p50 p99 } series { at calls p95 } }";
const EXPRESSION =
  'execExpression(expression: $of, entity: { serviceName: "cart", normal: true }, duration: $duration) { type error results { values { id value } } }';

const CASES: Record<string, object> = {
  "numbers, lists and nulls": {
    query: `query ($id: ID!, $window: Window!) { ${SERVICE} unknown: meshService(id: "eA==.1", window: $window) { name } }`,
    variables: { id: "Y2FydA==.1", window: HOUR },
  },
  "a map, by fragments, with names of types": {
    query: `query ($window: Window!) { meshMap(window: $window) { __typename nodes { ...N } edges { id server { calls } client { calls } } } }
      fragment N on MeshNode { __typename name protocol traffic { calls } }`,
    variables: { window: HOUR },
  },
  "a series beside a bad expression": {
    query: `query ($of: String!, $duration: Duration!) { ${EXPRESSION} bad: ${EXPRESSION.replace("$of", '"nope("')} }`,
    variables: { of: "service_percentile{p='50,99'}", duration: DURATION },
  },
  "fields left out": {
    query: "query ($no: Boolean!) { version @skip(if: $no) checkHealth { score details @include(if: $no) } }",
    variables: { no: true },
  },
  "an error with its place": {
    query:
      "query ($window: Window!) {\n  version\n  top: meshTopEndpoints(window: $window, by: P99, limit: 999) {\n    isExact } }",
    variables: { window: HOUR },
  },
  "a variable of the wrong type": {
    query: "query ($window: Window!) { meshMap(window: $window) { truncated } }",
    variables: { window: { from: "x", to: 1 } },
  },
  "a missing variable": { query: "query ($window: Window!) { meshMap(window: $window) { truncated } }" },
  "one operation of two": { query: "query A { version } query B { checkHealth { score } }", operationName: "B" },
  "an operation that is not there": { query: "query A { version } query B { checkHealth { score } }", operationName: "C" },
  "a mutation": { query: "mutation { version }" },
  "the schema": { query: "{ __schema { types { name fields { name } } } }" },
}; // prettier-ignore

test.each(Object.entries(CASES))("%s: the third answer is the first one", async (_, body) => {
  const ask = async () => {
    const answer = await fetch(`${query.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, said: await answer.json() };
  };
  const first = await ask();
  await ask();
  expect(await ask()).toEqual(first);
});

const literal = (text: string, end = "2026-05-01 1004") =>
  `execExpression(expression: "${text}", entity: { serviceName: "cart", normal: true }, duration: { start: "2026-05-01 1000", end: "${end}", step: MINUTE }) { type error results { values { id value } } }`;
const LITERAL_CASES: Record<string, string> = {
  numbers: `query Page { version a: ${literal("service_cpm")} b: ${literal("service_percentile{p='50,99'}")} }`,
  "the same of other minutes": `query Page { version a: ${literal("service_sla", "2026-05-01 1002")} b: ${literal("avg(service_cpm)")} }`,
  "a bad expression": `{ a: ${literal("nope(")} b: ${literal("service_cpm")} }`,
  "a bad time": `{ a: ${literal("service_cpm")}\n  b: ${literal("service_cpm", "2026-05-01 0900")} }`,
  "a field that is not there": `{ a: ${literal("service_cpm").replace("value }", "valu }")} }`,
  "a literal of another type": `{ a: ${literal("service_cpm").replace("MINUTE", '"MINUTE"')} }`,
}; // prettier-ignore

test("a long document full of literals is answered as a short one, again and again", async () => {
  const ask = async (text: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${query.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query: text }) });
    return [answer.status, await answer.json()];
  };
  for (let time = 1; time <= 3; time++)
    for (const [what, text] of Object.entries(LITERAL_CASES))
      expect([what, time, await ask(`${text}\n# ${"long ".repeat(500)}`)]).toEqual([what, time, await ask(text)]);
});

test("sums, series and percentiles of one service are read by one statement", async () => {
  const text = `query ($id: ID!, $window: Window!, $duration: Duration!) { ${SERVICE}
    cpm: ${EXPRESSION.replace("$of", '"service_cpm"')} p: ${EXPRESSION.replace("$of", '"service_percentile"')} }`;
  const window = { from: AT, to: AT + 5 * 60_000 };
  const ask = () => query.gql(text, { id: "Y2FydA==.1", window, duration: DURATION });
  await ask(); // the list of services is kept for ten seconds
  const before = query.engine.queries;
  const { data } = await ask();
  expect(query.engine.queries - before).toBe(1);
  expect(data.meshService.traffic.calls).toBe(18);
  expect(data.meshService.series.calls).toEqual([9, null, 9, null, null]);
  expect(data.cpm.results[0].values.map(({ value }: { value: string | null }) => value)).toEqual(["9", null, "9", null, null]);
  expect(data.p.results[0].values.map(({ value }: { value: string | null }) => value)).toEqual(["20", null, "91", null, null]);
});

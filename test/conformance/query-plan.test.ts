/** All expressions of a request are read together: how many statements the dashboards of clients take, and that together they answer what each
 *  of them answers alone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { BOOSTER, HORIZON } from "../builders/dashboards.ts";
import {
  boosterDocuments,
  type ExpressionDocument,
  entityAt,
  horizonDocuments,
  SERVICES,
} from "../builders/expression-documents.ts";
import { type Answer, type Query, startQuery, type TrafficRow } from "./query-fixture.ts";

const STATEMENTS_MAX = 3;
const HOUR = { start: "2026-05-01 1000", end: "2026-05-01 1059", step: "MINUTE" } as const;
let query: Query;

beforeAll(async () => {
  query = await startQuery({ now: "2026-05-01T11:00:00Z" });
  await query.traffic(...[0, 7, 30, 59].flatMap(rowsOf));
  const seen = "2026-05-01 10:00:00";
  await query.insert(
    "service_meta",
    Array.from({ length: SERVICES }, (_, i) => ({
      service: `svc-${i}`,
      normal: 1,
      layer: "MESH",
      first_seen: seen,
      last_seen: seen,
    })),
  );
});
afterAll(async () => await query.close());

function rowsOf(minute: number): TrafficRow[] {
  const at = `2026-05-01 10:${String(minute).padStart(2, "0")}:00`;
  return Array.from({ length: SERVICES }, (_, i) => i).flatMap((i): TrafficRow[] => {
    const { serviceName: service = "", serviceInstanceName: instance = "" } = entityAt("instance", i) as Record<string, string>;
    const dest_service = `svc-${(i + 1) % SERVICES}`;
    const row = { minute: at, service, calls: i + minute + 1, failed: i % 3, latencies: [i + 1, 20, 30 + minute] };
    const pods = { instance, dest_instance: `pod-of-${dest_service}` };
    return [
      { ...row, scope: "service" },
      { ...row, scope: "instance", instance },
      { ...row, scope: "endpoint", endpoint: "GET:/" },
      ...(["client", "server"] as const).flatMap((detect_point): TrafficRow[] => [
        { ...row, dest_service, scope: "service_relation", detect_point },
        { ...row, dest_service, ...pods, scope: "instance_relation", detect_point },
      ]),
    ];
  });
}

/** With the list of services out of its cache: the most that the request can take. */
async function ask({ query: text, variables }: Pick<ExpressionDocument, "query" | "variables">): Promise<[Answer, number]> {
  query.clock.nowMs += 60_000;
  const before = query.engine.queries;
  const answer = await query.gql(text, variables);
  return [answer, query.engine.queries - before];
}

const DOCUMENTS: [string, ExpressionDocument][] = [
  ...BOOSTER.flatMap((one) =>
    boosterDocuments(one, HOUR).map((document, i) => [`Booster, ${one.name}, ${i + 1}`, document] as const),
  ),
  ...HORIZON.flatMap((one) =>
    horizonDocuments(one, HOUR).map((document, i) => [`Horizon, ${one.name}, ${i + 1}`, document] as const),
  ),
].map(([name, document]) => [name, document]);

test.each(DOCUMENTS)(`%s: at most ${STATEMENTS_MAX} statements, and every metric that we have is there`, async (_, document) => {
  const [{ data, errors }, statements] = await ask(document);
  expect(errors).toBeUndefined();
  expect(statements).toBeLessThanOrEqual(STATEMENTS_MAX);
  for (const [alias, text] of Object.entries(document.expressions)) {
    const names = text.match(/\b(service|endpoint|envoy|meter)_\w+/g) ?? [];
    if (!names.every((name) => METRICS.has(name))) continue;
    const { error, results } = data[alias];
    expect([text, error]).toEqual([text, null]);
    const isUnmeasured = /throughput|received|sent|sidecar/.test(text);
    const values = results.flatMap((one: { values: { value: string | null }[] }) => one.values);
    expect([text, values.some(({ value }: { value: string | null }) => value !== null)]).toEqual([text, !isUnmeasured]);
  }
});

test("a topology's batch of 150 node expressions is one statement, however it is executed", async () => {
  const nodes = HORIZON.find(({ name }) => name === "topology nodes");
  const [document] = horizonDocuments(nodes as (typeof HORIZON)[number], HOUR);
  expect(Object.keys(document?.expressions ?? {})).toHaveLength(150);
  // The second time it is compiled, the third time only run.
  for (let time = 1; time <= 3; time++) {
    const [{ data }, statements] = await ask(document as ExpressionDocument);
    expect([time, statements, Object.keys(data).length]).toEqual([time, 1, 150]);
  }
});

function documentOf(fields: readonly { text: string; of: object; duration?: object }[]): ExpressionDocument {
  const parameters = fields.map((_, i) => `$t${i}: String!, $e${i}: Entity!, $d${i}: Duration!`);
  const asked = fields.map(
    (_, i) =>
      `f${i}: execExpression(expression: $t${i}, entity: $e${i}, duration: $d${i}) { type error results { metric { labels { key value } } values { id value owner { scope serviceName } } } }`,
  );
  const variables = fields.flatMap(({ text, of, duration = HOUR }, i) => [
    [`t${i}`, text] as const,
    [`e${i}`, of] as const,
    [`d${i}`, duration] as const,
  ]);
  return {
    query: `query (${parameters.join(", ")}) { ${asked.join(" ")} }`,
    variables: Object.fromEntries(variables),
    expressions: {},
    entities: {},
  };
}

const SERVICE = entityAt("service", 0);
const OTHER = entityAt("service", 1);

test("points before the range are read with everything else, and change no other answer", async () => {
  const late = { start: "2026-05-01 1007", end: "2026-05-01 1040", step: "MINUTE" };
  const texts = [
    "service_cpm",
    "increase(service_cpm,7)",
    "rate(service_cpm,23)",
    "increase(service_percentile{p='99'},7)",
    "avg(service_percentile)",
  ];
  const fields = texts.flatMap((text) => [SERVICE, OTHER].map((of) => ({ text, of, duration: late })));
  const [{ data }, statements] = await ask(documentOf(fields));
  expect(statements).toBe(1); // sums and percentiles, of both services
  const values = data.f2.results[0].values.map(({ value }: { value: string | null }) => value);
  expect(values).toHaveLength(34);
  expect([values[0], values[23]]).toEqual(["7", null]); // 8 calls at 10:07, 1 at 10:00; 31 at 10:30, none at 10:23
  expect(data.f4.results[0].values[23].value).toBe(String(Math.round((23 / (23 * 60)) * 1_000) / 1_000));
});

test("a step in which no latency was known has no percentiles, whatever is read with them", async () => {
  const at = (service: string, minute: string) =>
    ({ scope: "service", service, minute: `2026-05-01 10:${minute}:00`, calls: 3 }) as const;
  await query.traffic(...["a.untimed", "b.untimed"].flatMap((one) => [at(one, "15"), { ...at(one, "16"), latencies: [10] }]));
  const minutes = { start: "2026-05-01 1015", end: "2026-05-01 1016", step: "MINUTE" };
  const ofBoth = (text: string) =>
    ["a.untimed", "b.untimed"].map((serviceName) => ({ text, of: { serviceName, normal: true }, duration: minutes }));
  for (const texts of [["service_percentile{p='50'}"], ["service_percentile{p='50'}", "service_cpm"]]) {
    const [{ data }] = await ask(documentOf(texts.flatMap(ofBoth)));
    const values = [data.f0, data.f1].map(({ results }) => results[0].values.map((one: { value: string | null }) => one.value));
    expect([texts, values]).toEqual([
      texts,
      [
        [null, "10"],
        [null, "10"],
      ],
    ]);
  }
});

test("together, expressions answer what each answers alone", async () => {
  const hour = { start: "2026-05-01 10", end: "2026-05-01 11", step: "HOUR" };
  const half = { start: "2026-05-01 1030", end: "2026-05-01 1110", step: "MINUTE" };
  const far = { start: "2026-05-01 0000", end: "2026-05-01 0010", step: "MINUTE" };
  const fields = [
    { text: "service_cpm + increase(service_cpm,30)", of: SERVICE },
    { text: "service_percentile", of: SERVICE },
    { text: "service_percentile", of: SERVICE, duration: half },
    { text: "service_percentile", of: SERVICE, duration: far },
    { text: "service_cpm", of: OTHER, duration: half },
    { text: "service_cpm", of: OTHER, duration: far },
    { text: "service_sla/100", of: OTHER, duration: hour },
    { text: "top_n_of(top_n(service_cpm,3,des,attr0='MESH'),top_n(service_instance_cpm,3,des),4,des)", of: {} },
    { text: "top_n(endpoint_cpm,3,asc,attr0!='MESH')", of: {} },
    { text: "top_n(endpoint_cpm,3,asc)", of: SERVICE },
    { text: "nope", of: {} },
    { text: "service_cpm", of: {} },
    { text: "1 / 3", of: {} },
  ];
  const [{ data }, statements] = await ask(documentOf(fields));
  for (const [i, field] of fields.entries()) {
    const [alone] = await ask(documentOf([field]));
    expect([field, data[`f${i}`]]).toEqual([field, alone.data.f0]);
  }
  // The list of services, the rankings, and sums and percentiles of: both minute windows that overlap, the far one, the hours (sums only).
  expect(statements).toBe(7);
});

test("rankings of a layer and of everything are read by one statement", async () => {
  const texts = ["top_n(service_cpm,3,des,attr0='MESH')", "top_n(service_sla,3,asc)", "top_n(endpoint_cpm,3,des)"];
  const [, statements] = await ask(documentOf(texts.map((text) => ({ text, of: {} }))));
  expect(statements).toBe(2); // the list of services is the other
});

test("a range that cannot be read takes only its own expression with it", async () => {
  const long = { start: "2026-05-01 0000", end: "2026-05-01 2359", step: "MINUTE" };
  const [{ errors, data }] = await ask(documentOf([{ text: "service_cpm", of: SERVICE, duration: long }]));
  expect([data, errors?.[0]?.message]).toEqual([null, expect.stringMatching(/can't exceed 500 MINUTEs/)]);
  const [number] = await ask(documentOf([{ text: "1 + 1", of: SERVICE, duration: long }]));
  expect(number.data.f0.results[0].values[0].value).toBe("2");
});

/** Asks with some statements replaced by one that the database refuses. */
async function withRefused<T>(pattern: RegExp, then: () => Promise<T>): Promise<T> {
  const { engine } = query;
  const read = engine.query.bind(engine);
  const refusing: typeof read = (sql, params) =>
    pattern.test(sql) ? read("SELECT throwIf(materialize(1), 'refused for a test')", {}) : read(sql, params);
  Object.assign(engine, { query: refusing });
  try {
    return await then();
  } finally {
    Object.assign(engine, { query: read });
  }
}

test("a read that fails is the error of the expressions that need it, and takes no other with it", async () => {
  const texts = [
    "service_cpm",
    "service_percentile",
    "avg(service_sla)",
    "is_present(service_percentile)",
    "top_n(service_cpm,3,des)",
  ];
  const fields = [...texts.map((text) => ({ text, of: SERVICE })), { text: "service_cpm", of: OTHER }];
  const document = documentOf(fields);
  const [whole] = await ask(document);
  const failures = query.failures.length;
  const [{ data, errors }] = await withRefused(/quantiles/, () => ask(document));
  expect(errors).toBeUndefined();
  const told = "Storage cannot answer this (error ";
  for (const [i, { text }] of fields.entries()) {
    const answer = data[`f${i}`];
    if (!text.includes("percentile")) expect([text, answer]).toEqual([text, whole.data[`f${i}`]]);
    else expect([text, answer]).toEqual([text, { type: "UNKNOWN", results: [], error: expect.stringContaining(told) }]);
  }
  expect(data.f1.error).toBe(data.f3.error); // one failure, one id, one line in the log
  expect(query.failures.slice(failures)).toEqual([expect.stringContaining("refused for a test")]);
  expect((await ask(document))[0]).toEqual(whole);
});

test("where nothing can be read, the request fails as clients know it", async () => {
  const texts = ["service_cpm", "service_percentile", "top_n(service_cpm,3,des)"];
  const document = documentOf(texts.map((text) => ({ text, of: SERVICE })));
  const [{ data, errors }] = await withRefused(/traffic_|Identifier/, () => ask(document));
  expect([data, errors?.[0]?.message]).toEqual([null, expect.stringMatching(/^Storage cannot answer this \(error \w+\)$/)]);
});

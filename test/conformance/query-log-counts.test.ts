/** What rows of access logs stand for: totals, facets and calls over time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogRowInput, logRow } from "../builders/log-row.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const UNSENT = 4_294_967_295;
const TOTAL = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter) { total { rows calls isExact } } }`;

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T12:30:00Z" });
});
afterAll(() => query.close());

test("calls are weights of the called side, of the calling side where the called one reports nothing, and exact only with weights of 1", async () => {
  const window = { from: Date.parse("2026-02-20T00:00:00Z"), to: Date.parse("2026-02-21T00:00:00Z") };
  const row = (given: LogRowInput) => logRow({ time: "2026-02-20 10:00:00.000000", ...given });
  const client = { detect_point: "client", service: "web.shop", caller: "" };
  await query.insert("access_log", [
    row({ weight: 4 }),
    row({ weight: 4, response_code: 503, response_flags: 32 | 2 }),
    row({ ...client, callee: "cart.shop", weight: 4 }), // told by the server too
    row({ ...client, callee: "mail.example", weight: 8 }),
    row({ kept: "context", weight: 0 }),
    row({ detect_point: "both", service: "edge.istio", caller: "UNKNOWN", callee: "cart.shop", weight: 2 }),
  ]);
  const total = async (filter: object) => (await query.gql(TOTAL, { window, filter })).data.meshLogs.total;
  expect(await total({})).toEqual({ rows: 6, calls: 4 + 4 + 8 + 2, isExact: false });
  expect(await total({ detectPoints: ["client"] })).toEqual({ rows: 2, calls: 12, isExact: false });
  expect(await total({ reporters: ["nobody"] })).toEqual({ rows: 0, calls: 0, isExact: true });
  expect(await total({ kept: ["CONTEXT"] })).toEqual({ rows: 1, calls: 0, isExact: false });
  const facets = `query ($window: LogWindow!, $filter: MeshLogFilter, $fields: [MeshLogField!]!, $first: Int) {
    meshLogFacets(window: $window, filter: $filter, fields: $fields, first: $first) { field truncated isExact values { value calls rows } } }`;
  const { data: context } = await query.gql(facets, { window, filter: { kept: ["CONTEXT"] }, fields: ["CODE"] });
  expect(context.meshLogFacets[0]).toMatchObject({ isExact: false, values: [{ value: "200", calls: 0, rows: 1 }] });
  const { data } = await query.gql(facets, { window, fields: ["CODE", "FLAGS", "CODE_CLASS", "KEPT", "REPORTER"] });
  const of = (field: string) => data.meshLogFacets.find((one: { field: string }) => one.field === field);
  expect(of("CODE")).toEqual({
    field: "CODE",
    truncated: false,
    isExact: false,
    values: [
      { value: "200", calls: 14, rows: 5 },
      { value: "503", calls: 4, rows: 1 },
    ],
  }); // prettier-ignore
  expect(of("FLAGS").values).toEqual([
    { value: "", calls: 14, rows: 5 },
    { value: "UH", calls: 4, rows: 1 },
    { value: "UF", calls: 4, rows: 1 },
  ]); // prettier-ignore
  expect(of("CODE_CLASS").values.map(({ value }: { value: string }) => value)).toEqual(["2xx", "5xx"]);
  expect(of("KEPT").values).toEqual([
    { value: "REST", calls: 18, rows: 5 },
    { value: "CONTEXT", calls: 0, rows: 1 },
  ]);
  expect(of("REPORTER").values).toContainEqual({ value: "cart.shop", calls: 8, rows: 3 });
  const { data: ends } = await query.gql(facets, { window, fields: ["CALLER", "CALLEE"] });
  expect(ends.meshLogFacets[0].values).toEqual([
    { value: "web.shop", calls: 8 + 8, rows: 5 },
    { value: "UNKNOWN", calls: 2, rows: 1 },
    { value: "edge.istio", calls: 2, rows: 1 },
  ]);
  expect(ends.meshLogFacets[1].values).toEqual([
    { value: "cart.shop", calls: 8, rows: 5 },
    { value: "mail.example", calls: 8, rows: 1 },
    { value: "edge.istio", calls: 2, rows: 1 },
  ]);
  // What a value's facet says is what the filter for it finds.
  for (const [i, key] of ["callers", "callees"].entries())
    for (const { value, calls, rows } of ends.meshLogFacets[i].values)
      expect(await total({ [key]: [value] })).toMatchObject({ calls, rows });
  expect(await total({ callers: ["edge.istio"], callees: ["cart.shop"] })).toMatchObject({ rows: 1, calls: 2 });
  const { data: short } = await query.gql(facets, { window, fields: ["CODE"], first: 1, filter: { services: ["cart.shop"] } });
  expect(short.meshLogFacets[0]).toMatchObject({ truncated: true, values: [{ value: "200", calls: 4 + 2, rows: 4 }] });
});

test("a call of which nothing was sent counts by its caller's row, in totals and in facets alike", async () => {
  const window = { from: Date.parse("2026-02-22T00:00:00Z"), to: Date.parse("2026-02-23T00:00:00Z") };
  const row = (given: LogRowInput) => logRow({ time: "2026-02-22 10:00:00.000000", ...given });
  const client = { detect_point: "client", service: "web.shop", caller: "" };
  const unsent = { ...client, kept: "failed", response_code: 503, upstream_first_sent_us: UNSENT };
  await query.insert("access_log", [
    row({ weight: 4 }),
    row({ ...client, callee: "cart.shop", weight: 4 }), // told by the server too
    row({ ...client, callee: "cart.shop", kept: "failed", response_code: 504, response_flags: 4, weight: 4 }), // and this may be
    row({ ...unsent, callee: "cart.shop", weight: 2 }),
    row({ ...unsent, callee: "mail.example", weight: 2 }), // which reports nothing
    row({ ...client, callee: "mail.example", weight: 8 }),
    row({ ...unsent, callee: "cart.shop", kind: "tcp", weight: 16 }), // TCP tells no times
    row({ ...unsent, callee: "cart.shop", kind: "tcp", weight: 32, response_flags: 32 }),
    row({ ...unsent, detect_point: "both", service: "edge.istio", caller: "UNKNOWN", callee: "cart.shop", weight: 64 }),
  ]);
  const { data } = await query.gql(
    `query ($window: LogWindow!) { meshLogs(window: $window) { total { rows calls } }
    meshLogFacets(window: $window, fields: [CALLEE]) { values { value calls rows } } }`,
    { window },
  );
  expect(data.meshLogs.total).toEqual({ rows: 9, calls: 4 + 2 + 2 + 8 + 32 + 64 + 64 });
  expect(data.meshLogFacets[0].values).toEqual([
    { value: "cart.shop", calls: 4 + 2 + 32 + 64, rows: 7 },
    { value: "edge.istio", calls: 64, rows: 1 },
    { value: "mail.example", calls: 2 + 8, rows: 2 },
  ]);
});

test("calls over time are those of the total, step by step, zeros where there are none", async () => {
  const at = (time: string): number => Date.parse(`2026-02-24T${time}Z`);
  const row = (time: string, given: LogRowInput) => logRow({ time: `2026-02-24 ${time}`, ...given });
  const client = { detect_point: "client", service: "web.shop", caller: "", callee: "cart.shop" };
  await query.insert("access_log", [
    row("09:59:59.999999", { weight: 1 }),
    row("10:00:00.000000", { weight: 4 }),
    row("10:00:29.999999", { weight: 2, kept: "failed", response_code: 503 }),
    row("10:00:30.000000", { weight: 8 }),
    row("10:01:10.000000", client),
    row("10:01:10.000000", { ...client, kept: "failed", response_code: 503, upstream_first_sent_us: UNSENT }),
    row("10:15:00.000000", { weight: 16 }),
  ]);
  const ask = async (from: string, to: string, filter = {}) => {
    const variables = { window: { from: at(from), to: at(to) }, filter };
    const question = `query ($window: LogWindow!, $filter: MeshLogFilter) {
      meshLogHistogram(window: $window, filter: $filter) { at stepMs calls failed isExact } meshLogs(window: $window, filter: $filter) { total { calls } } }`;
    const { data } = await query.gql(question, variables);
    return { ...data.meshLogHistogram, total: data.meshLogs.total.calls };
  };
  const quarter = await ask("10:00:00", "10:15:00");
  expect([quarter.stepMs, quarter.at.length, quarter.at[0], quarter.isExact, quarter.total]).toEqual([
    15_000,
    60,
    at("10:00:00"),
    false,
    4 + 2 + 8 + 1,
  ]);
  expect(quarter.calls.slice(0, 6)).toEqual([4, 2, 8, 0, 2, 0]); // of the last step no server reported anything
  expect(quarter.failed.slice(0, 6)).toEqual([0, 2, 0, 0, 1, 0]);
  const failed = await ask("10:00:00", "10:00:31", { kept: ["FAILED"] });
  expect([failed.stepMs, failed.calls, failed.failed]).toEqual([1_000, failed.failed, failed.calls]);
  expect([failed.calls[29], failed.calls.reduce((sum: number, one: number) => sum + one, 0)]).toEqual([2, 2]);
  expect((await ask("10:00:00", "10:02:00", { callers: ["nobody"] })).calls.every((one: number) => one === 0)).toBe(true);
  const days = await ask("00:00:00", "23:59:59.999");
  expect([days.stepMs, days.calls.reduce((sum: number, one: number) => sum + one, 0)]).toEqual([1_800_000, days.total]);
});

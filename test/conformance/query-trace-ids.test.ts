/** The trace of an access log's row, from whatever header its proxy was told to log. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { schemaFiles } from "../../oap/storage/migrate.ts";
import { logRow } from "../builders/log-row.ts";
import { type Query, startQuery } from "./query-fixture.ts";

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-02T12:00:00Z" });
});
afterAll(() => query.close());

/** Logged request headers, and the trace that they name: null where they name none. */
const W3C = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACES: readonly (readonly [string, Record<string, string>, string | null])[] = [
  ["W3C", { traceparent: W3C }, "4bf92f3577b34da6a3ce929d0e0e4736"],
  [
    "W3C before B3",
    { b3: "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1", traceparent: W3C },
    "4bf92f3577b34da6a3ce929d0e0e4736",
  ],
  ["a W3C header that names no trace", { traceparent: W3C.replace(/-[1-9a-f]\w{31}-/, `-${"0".repeat(32)}-`) }, null],
  ["a broken W3C header beside B3", { traceparent: "00-4bf92f35", "x-b3-traceid": "463ac35c9f6413ad" }, "463ac35c9f6413ad"],
  [
    "B3 in one header",
    { b3: "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90" },
    "80f198ee56343ba864fe8b2a57d3eff7",
  ],
  ["B3 that only says not to sample", { b3: "0" }, null],
  ["B3 in several headers", { "x-b3-traceid": "463ac35c9f6413ad48485a3953bb6124" }, "463ac35c9f6413ad48485a3953bb6124"],
  ["SkyWalking", { sw8: `1-${btoa("a12ff60b-5807.123")}-MTIz-3-a-b-c-d` }, "a12ff60b-5807.123"],
  ["SkyWalking with no Base64 in it", { sw8: "1-***-MTIz-3" }, null],
  ["Jaeger", { "uber-trace-id": "3e8f1c5a%3A1f%3A0%3A1" }, "3e8f1c5a"],
  ["Datadog", { "x-datadog-trace-id": "1234567890123456789" }, "1234567890123456789"],
  ["Google", { "x-cloud-trace-context": "105445aa7843bc8bf206b12000100000/1;o=1" }, "105445aa7843bc8bf206b12000100000"],
  [
    "AWS",
    { "x-amzn-trace-id": "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678" },
    "1-67891233-abcdef012345678912345678",
  ],
  ["other headers", { "x-request-id": "463ac35c9f6413ad48485a3953bb6124" }, null],
]; // prettier-ignore

test("of rows that are older than the column too", async () => {
  await query.engine.command("ALTER TABLE access_log DROP INDEX trace_id, DROP COLUMN trace_id");
  await query.insert("access_log", [
    logRow({ authority: "older", request_headers: { traceparent: W3C }, time: "2026-03-02 09:00:00.000000" }),
  ]);
  const { statements } = schemaFiles().find(({ name }) => name.includes("trace")) as ReturnType<typeof schemaFiles>[number];
  for (const statement of statements) await query.engine.command(statement);
  expect(await traceIdsOf("older")).toEqual([TRACES[0]?.[2]]);
});

test.each(TRACES)("of headers of %s the trace is told", async (name, request_headers, traceId) => {
  const authority = `trace of ${name}`;
  await query.insert("access_log", [logRow({ authority, request_headers, time: "2026-03-02 10:00:00.000000" })]);
  expect(await traceIdsOf(authority)).toEqual([traceId]);
});

async function traceIdsOf(authority: string): Promise<(string | null)[]> {
  const window = { from: Date.parse("2026-03-02T00:00:00Z"), to: Date.parse("2026-03-03T00:00:00Z") };
  const { data } = await query.gql(
    "query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter) { rows { traceId } } }",
    { window, filter: { authorities: [authority] } },
  );
  return data.meshLogs.rows.map(({ traceId }: { traceId: string | null }) => traceId);
}

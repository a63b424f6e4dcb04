import { expect, test } from "vitest";
import { Pipeline } from "../../../../oap/analysis/pipeline.ts";
import { type Delta, EntryBatch, Kind, UNKNOWN_VALUE } from "../../../../oap/model/batch.ts";
import { DetectPoint } from "../../../../oap/model/entity.ts";
import { classEnd, classStart } from "../../../../receivers/envoy-als/code-details.ts";
import { ENDPOINT_LIMITS, PIPELINE_OPTIONS } from "../../../builders/limits.ts";

const NOW = Date.UTC(2026, 2, 1, 10, 16, 30);
type Row = Record<string, string | number>;

/** The rows of failure_minute that failed calls of each path, given as [path, code, details, caller], become. */
async function failures(perMinute: number, ...handOvers: [string, number, string, string?][][]): Promise<Row[]> {
  const rows: Row[] = [];
  const append = async ({ blocks }: Delta): Promise<void> => {
    const block = blocks.find(({ table }) => table === "failure_minute");
    for (let i = 0; i < (block?.rows ?? 0); i++)
      rows.push(
        Object.fromEntries(
          (block?.columns ?? []).map((one) => [one.name, (one as unknown as { values: string[] }).values[i] as string]),
        ),
      );
  };
  const pipeline = new Pipeline(
    {
      ...PIPELINE_OPTIONS,
      endpoints: { ...ENDPOINT_LIMITS, children: 5_000 },
      failuresPerMinute: perMinute,
      accessLog: { failed: 1, other: 0, processes: 1 },
    },
    { append },
  );
  const workload = (service: string) => pipeline.names.workload({ service, instance: "", attributes: {}, own: true });
  for (const calls of handOvers) {
    const batch = new EntryBatch();
    batch.clear(NOW);
    for (const [path, code, details, from = "web"] of calls) {
      const row = batch.addRow();
      const bytes = Buffer.from(path);
      const text = Buffer.from(details);
      batch.startMs[row] = NOW;
      batch.kind[row] = Kind.http;
      batch.detectPoint[row] = DetectPoint.server;
      batch.source[row] = workload(from);
      batch.destination[row] = workload("cart");
      batch.method[row] = 1;
      batch.path[row] = pipeline.names.path(bytes, 0, bytes.length);
      batch.counted[row] = 1;
      batch.success[row] = 0;
      batch.responseCode[row] = code;
      batch.details[row] = text.length === 0 ? 0 : pipeline.names.codeDetails(text, 0, text.length);
      batch.latencyUs[row] = UNKNOWN_VALUE;
    }
    pipeline.add(batch);
    await pipeline.handOver(NOW, false);
  }
  return rows;
}

const sum = (rows: readonly Row[]): number => rows.reduce((total, { calls }) => total + Number(calls), 0);

test("failed calls are told apart by the class of their details", async () => {
  const rows = await failures(100, [
    ["/a", 503, "no_healthy_upstream"],
    ["/a", 503, "via_upstream"],
    ["/a", 503, "via_upstream"],
    ["/a", 503, ""],
  ]);
  expect(rows.map(({ code_details, calls }) => [code_details, calls])).toEqual([
    ["no_healthy_upstream", 1],
    ["via_upstream", 2],
    ["", 1],
  ]);
});

test("the class of details is what stands before the first brace, parenthesis or colon", () => {
  const classOf = (details: string): string => {
    const bytes = Buffer.from(details);
    const start = classStart(bytes, 0, bytes.length);
    return details.slice(start, classEnd(bytes, start, bytes.length));
  };
  expect(classOf("upstream_reset_before_response_started{connection_failure,delayed connect error: 111}")).toBe(
    "upstream_reset_before_response_started",
  );
  expect(classOf("via_upstream")).toBe("via_upstream");
  expect(classOf(" ext_authz_denied (by policy)")).toBe("ext_authz_denied");
  expect(classOf("TLS_error: expired")).toBe("TLS_error");
  expect(classOf("{x}")).toBe("");
});

test("beyond the bound of a minute failures of an edge are added up, exactly, as {other}; those that were told apart go on", async () => {
  const many = Array.from({ length: 50 }, (_, i): [string, number, string] => [`/p${i}x`, 500, `d${i}`]);
  const rows = await failures(10, many, [...many, ["/late", 500, "late"]]);
  expect(sum(rows)).toBe(101);
  expect(rows.filter(({ endpoint }) => endpoint !== "{other}")).toHaveLength(20); // ten kinds, in two hand-overs
  const others = rows.filter(({ endpoint }) => endpoint === "{other}");
  expect(others).toMatchObject([
    { service: "web", dest_service: "cart", code_details: "{other}", response_code: 0, calls: 40 },
    { service: "web", dest_service: "cart", code_details: "{other}", response_code: 0, calls: 41 },
  ]);
});

test("beyond as many edges as kinds the edge itself is {other}: the number of rows has a bound whatever comes", async () => {
  const many = Array.from({ length: 60 }, (_, i): [string, number, string, string] => [`/p${i}x`, 500, "", `caller-${i}`]);
  const rows = await failures(5, many);
  expect(sum(rows)).toBe(60);
  expect(rows).toHaveLength(5 + 5 + 1);
  expect(rows.at(-1)).toMatchObject({ service: "{other}", dest_service: "{other}", endpoint: "{other}", calls: 50 });
});

test("more classes of details than there is room for are one class", async () => {
  const many = Array.from({ length: 1_200 }, (_, i): [string, number, string] => ["/a", 500, `details-${i}`]);
  const rows = await failures(10_000, many);
  expect(sum(rows)).toBe(1_200);
  expect(rows.find(({ code_details }) => code_details === "{other}")?.["calls"]).toBe(200);
});

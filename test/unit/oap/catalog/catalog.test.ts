import { expect, test } from "vitest";
import { COLUMNS, type Column } from "../../../../oap/catalog/columns.ts";
import { type Metric, readValue } from "../../../../oap/catalog/metric.ts";
import { METRICS } from "../../../../oap/catalog/metrics.ts";

const MINUTE = 60;
const NOTHING = Object.fromEntries(COLUMNS.map((column) => [column, 0])) as Record<Column, number>;

function read(name: string, sums: Partial<Record<Column, number>>, stepSeconds = MINUTE): number | null {
  const { value } = METRICS.get(name) as Metric;
  if (value === "percentile") throw new Error(`${name} is labeled`);
  return readValue(value, { ...NOTHING, ...sums }, stepSeconds);
}

test("the names that access logs give under the query protocol are declared", () => {
  const sides = ["client", "server"].flatMap((side) => [
    ...["cpm", "call_sla", "resp_time", "percentile", "received", "sent"].flatMap((name) => [
      `service_relation_${side}_${name}`,
      `service_instance_relation_${side}_${name}`,
    ]),
    ...["req", "resp"].flatMap((leg) => [
      `service_${side}_sidecar_internal_${leg}_latency_nanos`,
      `instance_${side}_sidecar_internal_${leg}_latency_nanos`,
    ]),
  ]);
  const entities = ["service", "service_instance", "endpoint"].flatMap((prefix) =>
    ["cpm", "resp_time", "sla", "sidecar_internal_req_latency_nanos", "sidecar_internal_resp_latency_nanos"].map(
      (name) => `${prefix}_${name}`,
    ),
  );
  const others = [
    "service_apdex",
    "service_percentile",
    "endpoint_percentile",
    "service_throughput_received",
    "service_throughput_sent",
    "service_instance_throughput_received",
    "service_instance_throughput_sent",
    "service_tcp_received_bytes_rate",
    "service_tcp_sent_bytes_rate",
  ];
  for (const name of [...sides, ...entities, ...others]) expect([name, METRICS.has(name)]).toEqual([name, true]);
});

test("metrics read declared columns only, and relations say whose report they read", () => {
  for (const { scope, detectPoint, value } of METRICS.values()) {
    expect(detectPoint !== "").toBe(scope.endsWith("relation"));
    if (value === "percentile") continue;
    const used = [...value.parts.map(([column]) => column), typeof value.whole === "string" ? value.whole : value.whole.presence];
    for (const column of used) expect(COLUMNS).toContain(column);
  }
});

test("values are integer divisions of sums", () => {
  expect(read("service_sla", { calls: 3, failed: 1 })).toBe(6666);
  expect(read("service_resp_time", { calls: 4, timed: 3, latency_ms: 200 })).toBe(66);
  expect(read("service_apdex", { timed: 4, apdex_satisfied: 1, apdex_tolerating: 1 })).toBe(3750);
  expect(read("service_throughput_received", { tcp_carried: 2, tcp_received: 301 })).toBe(150);
  expect(read("service_tcp_sent_bytes_rate", { tcp_carried: 2, tcp_sent: 6_000 })).toBe(100);
});

test("calls per minute of an hour and of a day are its calls divided by 60 and 1440", () => {
  expect(read("service_cpm", { calls: 119 })).toBe(119);
  expect(read("service_cpm", { calls: 119 }, 60 * MINUTE)).toBe(1);
  expect(read("service_cpm", { calls: 119 }, 1440 * MINUTE)).toBe(0);
});

test("where nothing was seen there is no value, and where everything failed it is 0", () => {
  expect(read("service_cpm", { tcp_records: 5, tcp_carried: 5, tcp_sent: 5 })).toBeNull();
  expect(read("service_sla", {})).toBeNull();
  expect(read("service_resp_time", { calls: 2 })).toBeNull();
  expect(read("service_sla", { calls: 2, failed: 2 })).toBe(0);
  expect(read("service_throughput_sent", { calls: 2 })).toBeNull();
});

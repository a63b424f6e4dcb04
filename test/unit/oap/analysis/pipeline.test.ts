import { expect, test } from "vitest";
import { parseRule } from "../../../../oap/analysis/path-template.ts";
import { Kind, TlsMode, UNKNOWN_VALUE } from "../../../../oap/model/batch.ts";
import { bucketOf } from "../../../../oap/model/histogram.ts";
import { ENDPOINT_LIMITS } from "../../../builders/limits.ts";
import { line, NOW, type Report, type Row } from "./pipeline-line.ts";

test("a server-side report counts for the service, its instance, its endpoint and the edge; a client-side one for the edge alone", async () => {
  const { send, handOver } = line();
  send({}, { side: "client", latencyUs: 12_000 });
  const {
    traffic_minute: rows = [],
    service_meta: services = [],
    instance_meta: instances = [],
    endpoint_meta: endpoints = [],
  } = await handOver();
  expect(rows.map(({ scope, detect_point }) => `${scope} ${detect_point}`).sort()).toEqual([
    "endpoint ",
    "instance ",
    "instance_relation client",
    "instance_relation server",
    "service ",
    "service_relation client",
    "service_relation server",
  ]); // prettier-ignore
  const minute = Date.UTC(2026, 2, 1, 10, 16) / 1_000;
  expect(rows.find(({ scope }) => scope === "service")).toEqual({
    scope: "service",
    service: "cart",
    normal: 1,
    instance: "",
    endpoint: "",
    dest_service: "",
    dest_normal: 0,
    dest_instance: "",
    detect_point: "",
    minute,
    calls: 1,
    timed: 1,
    latency_us: 10_000,
    latency_ms: 10,
    apdex_satisfied: 1,
    status_2xx: 1,
    tls_none: 1,
    latency_histogram: { [bucketOf(10_000)]: 1 },
  }); // prettier-ignore
  expect(rows.find((row) => row["scope"] === "instance_relation" && row["detect_point"] === "client")).toMatchObject({
    service: "web",
    instance: "web-1",
    dest_service: "cart",
    dest_instance: "cart-1",
    latency_ms: 12,
  }); // prettier-ignore
  expect(rows.find(({ scope }) => scope === "endpoint")).toMatchObject({ service: "cart", endpoint: "GET:/x" });
  expect(services.map((row) => row["service"]).sort()).toEqual(["cart", "web"]); // each reported for itself
  expect(instances.map((row) => row["attributes"])).toContainEqual({ pod: "cart-1" });
  expect(endpoints).toMatchObject([{ service: "cart", endpoint: "GET:/x", first_seen: minute, last_seen: minute }]);
});

test("a peer that only others tell of is on the edge, not among the services", async () => {
  const { send, handOver } = line();
  send({ side: "client" });
  const { traffic_minute: rows = [], service_meta: services = [] } = await handOver();
  expect(rows.map((row) => row["scope"]).sort()).toEqual(["instance_relation", "service_relation"]);
  expect(services.map((row) => row["service"])).toEqual(["web"]);
});

test("without a source there is no edge", async () => {
  const { send, handOver } = line();
  send({ from: null });
  expect((await handOver())["traffic_minute"]?.map((row) => row["scope"]).sort()).toEqual(["endpoint", "instance", "service"]);
});

test("failed calls are kept by code and flags, from both sides", async () => {
  const { send, handOver } = line();
  const failure = { success: false, code: 503, flags: 0b100_0000 };
  send(failure, failure, { ...failure, side: "client" }, { ...failure, code: 504 }, {});
  const { failure_minute: rows = [] } = await handOver();
  const brief = rows.map((row) => [
    row["service"],
    row["dest_service"],
    row["endpoint"],
    row["detect_point"],
    row["response_code"],
    row["response_flags"],
    row["calls"],
  ]);
  expect(brief.sort()).toEqual([
    ["web", "cart", "GET:/x", "client", 503, 64, 1],
    ["web", "cart", "GET:/x", "server", 503, 64, 2],
    ["web", "cart", "GET:/x", "server", 504, 64, 1],
  ]);
});

test("a failure of highest flags keeps its sign", async () => {
  const { send, handOver } = line();
  send({ success: false, code: 0, flags: 2 ** 27 + 1 });
  expect((await handOver())["failure_minute"]).toMatchObject([{ response_flags: 2 ** 27 + 1, response_code: 0 }]);
});

test("apdex counts succeeded calls up to the threshold and up to four times it", async () => {
  const { send, handOver } = line();
  const ms = (latencyMs: number, success = true): Report => ({ latencyUs: latencyMs * 1_000, success });
  send(ms(500), ms(501), ms(2_000), ms(2_001), ms(10, false));
  expect((await handOver())["traffic_minute"]?.find(({ scope }) => scope === "service")).toMatchObject({
    calls: 5,
    failed: 1,
    timed: 5,
    apdex_satisfied: 1,
    apdex_tolerating: 2,
  }); // prettier-ignore
});

test("an unknown latency is a call without a time, and a sub-millisecond one counts 1 ms", async () => {
  const { send, handOver } = line();
  send({ latencyUs: UNKNOWN_VALUE }, { latencyUs: 400 });
  const row = (await handOver())["traffic_minute"]?.find(({ scope }) => scope === "service");
  expect(row).toMatchObject({
    calls: 2,
    timed: 1,
    latency_us: 400,
    latency_ms: 1,
    apdex_satisfied: 1,
    latency_histogram: { [bucketOf(400)]: 1 },
  });
});

test("TCP records count apart from calls; a periodic entry adds bytes and no record", async () => {
  const { send, handOver } = line();
  const tcp = { kind: Kind.tcp, tls: TlsMode.mtls, received: 100, sent: 900 };
  send(tcp, { ...tcp, counted: false, received: 5, sent: 0 });
  const rows = (await handOver())["traffic_minute"] ?? [];
  expect(rows.find(({ scope }) => scope === "service")).toMatchObject({
    tcp_records: 1,
    tcp_carried: 2,
    tcp_received: 105,
    tcp_sent: 900,
    tls_mtls: 1,
  });
  expect(rows.find(({ scope }) => scope === "service")).not.toHaveProperty("calls");
  expect(rows.some(({ scope }) => scope === "endpoint")).toBe(false);
});

test("endpoints are what rules, the text of paths and their variety make of them; a name once given stays", async () => {
  const { send, handOver } = line({
    endpoints: { ...ENDPOINT_LIMITS, perService: 100, children: 3, rules: [parseRule("GET /files/*")] },
  });
  const early = ["a", "b", "c"].map((name) => ({ path: `/shelf/${name}` }));
  send(...early);
  const first = (await handOver())["traffic_minute"] ?? [];
  send(
    { path: "/files/a/b" },
    { path: "/orders/123456" },
    ...["d", "e", "a"].map((name) => ({ path: `/shelf/${name}` })),
    ...["f", "g", "h", "i"].map((name) => ({ path: `/box/${name}` })),
  );
  const rows = [...first, ...((await handOver())["traffic_minute"] ?? [])].filter(({ scope }) => scope === "endpoint");
  const calls = new Map<unknown, number>();
  for (const row of rows) calls.set(row["endpoint"], (calls.get(row["endpoint"]) ?? 0) + (row["calls"] as number));
  const endpoints = [...calls].map(([endpoint, sum]) => ({ endpoint, calls: sum }) as Row);
  expect(endpoints.map((row) => [row["endpoint"], row["calls"]]).sort()).toEqual([
    ["GET:/box/{var}", 4],
    ["GET:/files/*", 1],
    ["GET:/orders/{var}", 1],
    ["GET:/shelf/a", 2],
    ["GET:/shelf/b", 1],
    ["GET:/shelf/c", 1],
    ["GET:/shelf/{var}", 2],
  ]);
});

test("an implausible start is booked on the minute of receipt and counted", async () => {
  const { send, handOver } = line();
  const batch = send(
    { startMs: 0 },
    { startMs: NOW + 61_000 },
    { startMs: NOW - 8 * 86_400_000 },
    { startMs: NOW + 59_000 },
    { startMs: NOW - 86_400_000 },
  );
  expect(batch.clockSkewed).toBe(3);
  const services = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "service");
  const minute = Math.floor(NOW / 60_000) * 60;
  expect(services.map((row) => [row["minute"], row["calls"]]).sort()).toEqual([
    [minute - 86_400, 1],
    [minute, 3],
    [minute + 60, 1],
  ]);
});

test("a hand-over empties the slots, pairs of instances wait for their minute, and names outlive both", async () => {
  const { send, handOver, deltas, pipeline } = line();
  send({});
  await handOver(NOW, false); // the first hand-over takes the pairs along
  send({});
  expect((await handOver(NOW + 1_000, false))["traffic_minute"]?.map((row) => row["scope"])).not.toContain("instance_relation");
  send({});
  const rows = (await handOver(NOW + 61_000, false))["traffic_minute"] ?? [];
  expect(rows.find(({ scope }) => scope === "instance_relation")).toMatchObject({ calls: 2 });
  expect(rows.find(({ scope }) => scope === "service")).toMatchObject({ calls: 1 });
  expect(deltas.map(({ entries }) => entries)).toEqual([1, 1, 1]);
  expect(pipeline.pending).toBe(0);
  await handOver(NOW + 62_000, true);
  expect(deltas).toHaveLength(3); // nothing changed, nothing handed over
});

test("metadata is told once and again when due", async () => {
  const { send, handOver } = line();
  send({});
  expect(await handOver(NOW, false)).toHaveProperty("instance_meta");
  send({ startMs: NOW + 60_000 });
  expect(await handOver(NOW + 30_000, false)).not.toHaveProperty("instance_meta");
  send({ startMs: NOW + 60_000 });
  const due = await handOver(NOW + 60_000, false);
  expect(due["instance_meta"]).toMatchObject([{ instance: "cart-1", last_seen: Math.floor(NOW / 60_000) * 60 + 60 }]);
  expect(due).not.toHaveProperty("service_meta");
});

test("what is booked on each minute is what the rows of services and of their relations add up to", async () => {
  const { send, handOver, deltas } = line();
  const earlier = NOW - 120_000;
  send(
    {},
    { side: "client" },
    { from: null },
    { startMs: earlier, success: false },
    { kind: Kind.tcp },
    { counted: false, received: 9 },
  );
  const sums = new Map<unknown, number>();
  for (const row of (await handOver())["traffic_minute"] ?? []) {
    if (row["scope"] !== "service" && row["scope"] !== "service_relation") continue;
    const calls = ((row["calls"] as number) ?? 0) + ((row["tcp_records"] as number) ?? 0);
    sums.set(row["minute"], (sums.get(row["minute"]) ?? 0) + calls);
  }
  expect(new Map(deltas[0]?.booked)).toEqual(sums);
  expect([...sums.values()].sort()).toEqual([2, 6]);
});

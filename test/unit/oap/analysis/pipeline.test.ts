import { expect, test } from "vitest";
import { parseRule } from "../../../../oap/analysis/path-template.ts";
import { Pipeline, type PipelineOptions } from "../../../../oap/analysis/pipeline.ts";
import { COLUMNS } from "../../../../oap/catalog/columns.ts";
import {
  type Delta,
  type DeltaBlock,
  EntryBatch,
  Kind,
  NO_DETAILS,
  NO_WORKLOAD,
  TlsMode,
  UNKNOWN_VALUE,
} from "../../../../oap/model/batch.ts";
import { DetectPoint } from "../../../../oap/model/entity.ts";
import { bucketOf } from "../../../../oap/model/histogram.ts";
import { ENDPOINT_LIMITS, PIPELINE_OPTIONS } from "../../../builders/limits.ts";
import { mulberry32 } from "../../../harness/random.ts";

const NOW = Date.UTC(2026, 2, 1, 10, 16, 30);
const OPTIONS: PipelineOptions = {
  ...PIPELINE_OPTIONS,
  servicesMax: 100,
  instancesMax: 1_000,
  endpoints: { ...ENDPOINT_LIMITS, perService: 3 },
};

type Row = Record<string, unknown>;

/** The rows of a block as objects, zero counters left out; read at once because the arrays are reused. */
function rowsOf(block: DeltaBlock): Row[] {
  return Array.from({ length: block.rows }, (_, row) => {
    const out: Row = {};
    for (const column of block.columns) {
      if ("texts" in column) continue; // of access logs: tests of their own
      if ("ends" in column) {
        const [keys, values] = [column.keys, column.values] as [ArrayLike<string | number>, ArrayLike<unknown>];
        const from = row === 0 ? 0 : (column.ends[row - 1] as number);
        const to = column.ends[row] as number;
        out[column.name] = Object.fromEntries(Array.from({ length: to - from }, (_, i) => [keys[from + i], values[from + i]]));
      } else if (!(COLUMNS as readonly string[]).includes(column.name) || column.values[row] !== 0)
        out[column.name] = column.values[row];
    }
    return out;
  });
}

function line(options: Partial<PipelineOptions> = {}) {
  const deltas: { entries: number; booked: Delta["booked"]; tables: Record<string, Row[]> }[] = [];
  const pipeline = new Pipeline(
    { ...OPTIONS, ...options },
    {
      append: async (delta: Delta) => {
        deltas.push({
          entries: delta.entries,
          booked: delta.booked,
          tables: Object.fromEntries(delta.blocks.map((block) => [block.table, rowsOf(block)])),
        });
      },
    },
  ); // prettier-ignore
  const workload = (service: string, instance = `${service}-1`) =>
    pipeline.names.workload({ service, instance, attributes: { pod: instance }, own: true });
  const send = (...reports: Report[]): EntryBatch => {
    const batch = new EntryBatch();
    batch.clear(NOW);
    for (const report of reports) addReport(batch, pipeline, workload, report);
    pipeline.add(batch);
    return batch;
  };
  const handOver = async (nowMs = NOW, all = true) => {
    await pipeline.handOver(nowMs, all);
    return deltas.at(-1)?.tables ?? {};
  };
  return { pipeline, send, handOver, deltas };
}

interface Report {
  from?: string | null;
  to?: string;
  toInstance?: string;
  side?: "client" | "server";
  kind?: number;
  path?: string;
  code?: number;
  success?: boolean;
  flags?: number;
  latencyUs?: number;
  startMs?: number;
  tls?: number;
  counted?: boolean;
  received?: number;
  sent?: number;
}

function addReport(
  batch: EntryBatch,
  pipeline: Pipeline,
  workload: (service: string, instance?: string) => number,
  report: Report,
): void {
  const path = Buffer.from(report.path ?? "/x");
  const row = batch.addRow();
  batch.startMs[row] = report.startMs ?? NOW;
  batch.kind[row] = report.kind ?? Kind.http;
  batch.detectPoint[row] = report.side === "client" ? DetectPoint.client : DetectPoint.server;
  batch.source[row] = report.from === null ? NO_WORKLOAD : workload(report.from ?? "web");
  batch.destination[row] = workload(report.to ?? "cart", report.toInstance);
  batch.method[row] = 1;
  batch.path[row] = pipeline.names.path(path, 0, path.length);
  batch.counted[row] = report.counted === false ? 0 : 1;
  batch.success[row] = report.success === false ? 0 : 1;
  batch.responseCode[row] = report.code ?? 200;
  batch.flags[row] = report.flags ?? 0;
  batch.details[row] = NO_DETAILS;
  batch.tlsMode[row] = report.tls ?? TlsMode.none;
  batch.attempts[row] = 1;
  batch.latencyUs[row] = report.latencyUs ?? 10_000;
  batch.latencyMs[row] = Math.floor((report.latencyUs ?? 10_000) / 1_000);
  batch.internalRequestNs[row] = UNKNOWN_VALUE;
  batch.internalResponseNs[row] = UNKNOWN_VALUE;
  batch.receivedBytes[row] = report.received ?? 0;
  batch.sentBytes[row] = report.sent ?? 0;
  batch.opened[row] = 0;
  batch.closed[row] = report.kind === Kind.tcp ? 1 : 0;
}

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

test("beyond the budget a service's endpoints are counted together, exactly", async () => {
  const { send, handOver } = line();
  send(...Array.from({ length: 10 }, (_, i) => ({ path: `/p${i}` })), { path: "/p1" }, { path: "/other", to: "web" });
  const endpoints = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "endpoint");
  expect(endpoints.map((row) => [row["service"], row["endpoint"], row["calls"]]).sort()).toEqual([
    ["cart", "GET:/p0", 1],
    ["cart", "GET:/p1", 2],
    ["cart", "GET:/p2", 1],
    ["cart", "{other}", 7],
    ["web", "GET:/other", 1],
  ]); // prettier-ignore
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

test("a million random paths: as many names as the budget has, and the exact rest in {other}", async () => {
  const { send, handOver } = line({ endpoints: { ...ENDPOINT_LIMITS, perService: 1_000, children: 100_000, rules: [] } });
  const random = mulberry32(3);
  const word = (): string =>
    Math.floor(random() * 26 ** 4)
      .toString(26)
      .replaceAll(/\d/g, "x");
  const calls = new Map<unknown, number>();
  for (let batch = 0; batch < 1_000; batch++) {
    send(...Array.from({ length: 1_000 }, () => ({ path: `/${word()}/${word()}/${word()}` })));
    if (batch % 50 !== 49) continue;
    for (const row of (await handOver())["traffic_minute"] ?? []) {
      if (row["scope"] === "endpoint") calls.set(row["endpoint"], (calls.get(row["endpoint"]) ?? 0) + (row["calls"] as number));
    }
  }
  expect(calls.size).toBe(1_001);
  const total = [...calls.values()].reduce((sum, one) => sum + one, 0);
  expect(total).toBe(1_000_000);
  expect(calls.get("{other}")).toBeGreaterThan(990_000);
}, 60_000);

test("services that no longer talk make room when their table runs full, at most every ten minutes", async () => {
  const { send, handOver } = line({ servicesMax: 8 });
  const servicesOf = async (): Promise<unknown[]> =>
    ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "service").map((row) => row["service"]);
  const to = (from: number, until: number) =>
    Array.from({ length: until - from }, (_, i) => ({ from: null, to: `s${from + i}` }));
  send(...to(0, 7));
  expect((await servicesOf()).length).toBe(7);
  send(...to(7, 14)); // none of these would have found room
  expect((await servicesOf()).sort()).toEqual(["s10", "s11", "s12", "s13", "s7", "s8", "s9"]);
  send(...to(14, 21));
  expect(await servicesOf()).toContain("{other}");
});

test("beyond their budgets services and instances are counted together, exactly", async () => {
  const { send, handOver } = line({ servicesMax: 3 });
  send(...Array.from({ length: 6 }, (_, i) => ({ from: null, to: `s${i}` })));
  const services = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "service");
  expect(services.map((row) => [row["service"], row["calls"]]).sort()).toEqual([
    ["s0", 1],
    ["s1", 1],
    ["s2", 1],
    ["{other}", 3],
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

test("an instance keeps its pairs with few callees apart, failed ones besides; the rest is added up, exactly, and the same in every process", async () => {
  const pairs = async (order: readonly number[]) => {
    const { send, handOver } = line({ pairsPerInstance: 3 });
    for (const i of order)
      send(
        { from: "web", to: `s${i % 2}`, toInstance: `pod-${i}`, success: i !== 9 },
        { from: "web", to: `s${i % 2}`, toInstance: `pod-${i}` },
      );
    const rows = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "instance_relation");
    return rows
      .map(
        (row) =>
          `${row["dest_service"]} ${row["dest_instance"]} ${row["calls"]} ${Object.values(row["latency_histogram"] as object)}`,
      )
      .sort();
  };
  const forward = await pairs(Array.from({ length: 20 }, (_, i) => i));
  expect(await pairs(Array.from({ length: 20 }, (_, i) => 19 - i))).toEqual(forward);
  expect(forward.length).toBeGreaterThanOrEqual(5);
  expect(forward.length).toBeLessThanOrEqual(6);
  expect(forward.filter((row) => row.includes("{other}"))).toHaveLength(2);
  expect(forward.some((row) => row.startsWith("s1 pod-9 2"))).toBe(true);
  expect(forward.map((row) => Number(row.split(" ")[2])).reduce((a, b) => a + b)).toBe(40);
  expect(forward.map((row) => Number(row.split(" ")[3])).reduce((a, b) => a + b)).toBe(40);
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

test("pairs and failures that fill memory go with the next hand-over, before their time", async () => {
  const { pipeline, send, handOver } = line({ slotsDue: 4 });
  const pairsOf = async (): Promise<number> =>
    ((await handOver(NOW + 1_000, false))["traffic_minute"] ?? []).filter(({ scope }) => scope === "instance_relation").length;
  await handOver(NOW, false);
  send(...Array.from({ length: 4 }, (_, i) => ({ side: "client" as const, toInstance: `pod-${i}` })));
  expect([pipeline.handOverDue, await pairsOf()]).toEqual([false, 0]);
  send({ side: "client", toInstance: "pod-5" });
  expect([pipeline.handOverDue, await pairsOf(), pipeline.handOverDue]).toEqual([true, 5, false]);
  send(...Array.from({ length: 5 }, (_, i) => ({ side: "client" as const, success: false, code: 500 + i })));
  expect(pipeline.handOverDue).toBe(true);
  await handOver(NOW + 2_000, false);
  expect(pipeline.handOverDue).toBe(false);
});

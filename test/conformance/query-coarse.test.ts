/** The coarse histogram beside the fine one: made on insert, merged and rolled up like it, and what reads it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bucketMidpointUs, bucketOf } from "../../oap/model/histogram.ts";
import { type Query, startQuery, type TrafficRow } from "./query-fixture.ts";

const NOW = "2026-03-01T10:30:00Z";
const MINUTE = "2026-03-01 10:16:00";
const to = Date.parse(NOW);

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: NOW });
});
afterAll(() => query.close());

/** From a microsecond over the middle of the range to an hour. */
const LATENCIES = [0.001, 0.05, 1, 1.1, 1.2, 37, 38, 40, 900, 1_000, 60_000, 3_600_000];

test("each call is in one coarse bucket, that of its fine one, in every table, however rows were merged", async () => {
  const row = { scope: "endpoint", service: "a", endpoint: "GET:/", minute: MINUTE } as const;
  for (const latencies of [LATENCIES, LATENCIES.slice(3)].map((list) => list.map(Math.ceil))) {
    await query.traffic({ ...row, latencies }, { ...row, minute: "2026-03-01 10:17:00", latencies });
  }
  for (const table of ["traffic_minute", "traffic_hour", "traffic_day"]) {
    const check = `SELECT sum(arraySum(mapValues(latency_coarse))) = sum(timed) AS is_whole, max(length(mapKeys(latency_coarse))) AS keys,
        sumMap(latency_coarse) = CAST(sumMap(map_of), 'Map(UInt8, UInt64)') AS is_same, max(arrayUniq(mapKeys(latency_coarse)) = length(latency_coarse)) AS is_unique
      FROM (SELECT *, CAST(arrayReduce('sumMap', [arrayMap(b -> toUInt8(ceil(b / 8)), mapKeys(latency_histogram))], [mapValues(latency_histogram)]), 'Map(UInt8, UInt64)') AS map_of FROM ${table})`;
    const [answer] = await query.engine.query<Record<string, number | boolean>>(check, {});
    expect(answer).toMatchObject({ is_whole: 1, is_same: 1, is_unique: 1 });
    await query.engine.command(`OPTIMIZE TABLE ${table} FINAL`);
    const [merged] = await query.engine.query<Record<string, number | boolean>>(check, {});
    expect(merged).toMatchObject({ is_whole: 1, is_same: 1, is_unique: 1 });
  }
});

test("the map's percentiles are within 1 % while it is small and within 8.3 % when it is large, and say so", async () => {
  const edges = Array.from(
    { length: 1_100 },
    (_, i): TrafficRow => ({
      scope: "service_relation",
      minute: MINUTE,
      service: `caller-${i % 20}`,
      dest_service: `callee-${i}`,
      detect_point: "server",
      latencies: [Math.round(5_000 * 1.0035 ** i)],
    }),
  );
  await query.traffic(...edges);
  const worst = async (minutes: number) => {
    const { data } = await query.gql(
      `query ($window: Window!) { meshMap(window: $window) { percentileError edges { server { p95 } target } } }`,
      { window: { from: to - minutes * 60_000, to } },
    );
    const errors = data.meshMap.edges.map(({ target, server }: { target: string; server: { p95: number } }) => {
      const name = Buffer.from(target.slice(0, -2), "base64").toString();
      const truth = Math.min(3_600_000, edges[Number(name.slice(7))]?.latencies?.[0] as number);
      return Math.abs(server.p95 - truth) / truth;
    });
    expect(errors).toHaveLength(1_100);
    return { said: data.meshMap.percentileError, worst: Math.max(...errors) };
  };
  const fine = await worst(20);
  expect(fine.said).toBe(0.01);
  expect(fine.worst).toBeLessThanOrEqual(0.0101);
  const coarse = await worst(60); // half an hour by minutes, and one row for the other half
  expect(coarse.said).toBe(0.083);
  expect(coarse.worst).toBeLessThanOrEqual(0.0831);
  expect(coarse.worst).toBeGreaterThan(0.02);
  const days = await worst(5 * 24 * 60); // 14 rows of an hour, and 5 of a day
  expect(days.said).toBe(0.01);
  expect(days.worst).toBeLessThanOrEqual(0.0101);
  const { data } = await query.gql(`query ($window: Window!) { meshMap(window: $window) { percentileError } }`, {
    window: { from: to - 60_000, to },
  });
  expect(data.meshMap.percentileError).toBeNull();
}); // prettier-ignore

test("ranked by the coarse histogram first, the slowest endpoints are those of the exact ranking", async () => {
  let seed = 20_260_301;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const all = Array.from({ length: 150 }, (_, i) => {
    const [middle, width] = [2 + random() * 5, 0.2 + random() * 2];
    const latencies = Array.from({ length: 3 }, () =>
      Array.from({ length: 40 + Math.floor(random() * 80) }, () => Math.ceil(Math.exp(middle + width * (random() + random())))),
    );
    return { endpoint: `GET:/${i}`, latencies };
  });
  const rows = all.flatMap(({ endpoint, latencies }) =>
    latencies.map((ms, i) => ({
      ...{ scope: "endpoint" as const, service: "ranked", endpoint, minute: `2026-03-01 10:2${i}:00` },
      ...{ calls: ms.length, timed: ms.length, latencies: ms },
    })),
  );
  // Half of them in parts as they were written before the codecs of 0021_latency_codecs.sql.
  await query.engine.command("ALTER TABLE traffic_minute MODIFY COLUMN latency_coarse CODEC(ZSTD(1))");
  await query.traffic(...rows.slice(0, 225));
  await query.engine.command("ALTER TABLE traffic_minute MODIFY COLUMN latency_coarse CODEC(T64, LZ4)");
  await query.traffic(...rows.slice(225));
  for (const [by, q] of [
    ["P95", 0.95],
    ["P99", 0.99],
  ] as const) {
    const exact = all.map(({ latencies }) => {
      const sorted = latencies.flat().sort((a, b) => a - b);
      return bucketMidpointUs(bucketOf((sorted[Math.ceil(sorted.length * q) - 1] as number) * 1_000)) / 1_000;
    });
    const { data } = await query.gql(
      `query ($window: Window!, $service: ID!) { meshTopEndpoints(window: $window, by: ${by}, limit: 20, service: $service) { isExact endpoints { p95 p99 } } }`,
      { window: { from: to - 3_600_000, to }, service: `${Buffer.from("ranked").toString("base64")}.1` },
    );
    const { isExact, endpoints } = data.meshTopEndpoints;
    expect(isExact).toBe(true);
    const told = endpoints.map((one: { p95: number; p99: number }) => (by === "P95" ? one.p95 : one.p99));
    const wanted = exact.sort((a, b) => b - a).slice(0, 20);
    for (const [i, ms] of wanted.entries()) expect(told[i]).toBeCloseTo(ms, 6);
  }
}); // prettier-ignore

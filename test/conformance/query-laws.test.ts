/** Laws of the numbers, on stored rows: parts add up to the whole over any split of a window, and what is no sum (percentiles, apdex, success rate) comes
 *  from the merged columns of all calls, never from averages. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { serviceId } from "../../oap/model/entity.ts";
import { print } from "../../query/expression/print.ts";
import { RandomExpression } from "../builders/random-expression.ts";
import { mulberry32 } from "../harness/random.ts";
import { type Query, startQuery, type TrafficRow } from "./query-fixture.ts";

const DAY = "2026-05-01";
const START = Date.parse(`${DAY}T08:00:00Z`);
const MINUTE_MS = 60_000;
const MINUTES = 180;
const SERVICES = ["a", "b", "c"];

interface Stored {
  readonly service: string;
  readonly minute: number;
  readonly failed: number;
  readonly latencies: readonly number[];
}

let query: Query;
const rows: Stored[] = [];

beforeAll(async () => {
  query = await startQuery({ now: `${DAY}T12:00:00Z` });
  const random = mulberry32(11);
  for (const service of SERVICES) {
    for (let minute = 0; minute < MINUTES; minute++) {
      if (random() < 0.4) continue;
      // Few slow calls in many minutes, many fast ones in few: averages of averages are far off.
      const isBusy = random() < 0.1;
      const latencies = Array.from({ length: isBusy ? 60 : 1 }, () => Math.ceil(isBusy ? random() * 20 : 200 + random() * 5_000));
      rows.push({ service, minute, latencies, failed: isBusy ? 0 : Math.round(random()) });
    }
  }
  await query.traffic(...rows.map(trafficRow));
  const seen = `${DAY} 08:00:00`;
  const metadata = SERVICES.map((service) => ({ service, normal: 1, layer: "MESH", first_seen: seen, last_seen: seen }));
  await query.insert("service_meta", metadata);
});
afterAll(async () => await query.close());

function trafficRow({ service, minute, latencies, failed }: Stored): TrafficRow {
  const [satisfied, tolerating] = apdexCounts(latencies);
  const at = new Date(START + minute * MINUTE_MS).toISOString().slice(0, 19).replace("T", " ");
  return { scope: "service", service, minute: at, latencies, failed, apdex_satisfied: satisfied, apdex_tolerating: tolerating };
}

function apdexCounts(latencies: readonly number[]): [number, number] {
  return [latencies.filter((ms) => ms <= 500).length, latencies.filter((ms) => ms > 500 && ms <= 2_000).length];
}

/** Minutes [from, to) as a duration, whose ends are both included. */
function duration(from: number, to: number): string {
  const text = (minute: number): string =>
    new Date(START + minute * MINUTE_MS).toISOString().slice(0, 16).replace("T", " ").replace(":", "");
  return `{ start: "${text(from)}", end: "${text(to - 1)}", step: MINUTE }`;
}

function field(alias: string, text: string, of: string, when: string): string {
  const entity = `{ serviceName: "${of}", normal: true }`;
  return `${alias}: execExpression(expression: ${JSON.stringify(text)}, entity: ${entity}, duration: ${when}) { type error results { values { value } } }`;
}

/** The one number of each expression over minutes [from, to); null where there is none. */
async function numbers(texts: readonly string[], of: string, windows: readonly (readonly [number, number])[]) {
  const fields = windows.flatMap(([from, to], w) => texts.map((text, t) => field(`f${w}_${t}`, text, of, duration(from, to))));
  const { data } = await query.gql(`{ ${fields.join(" ")} }`);
  return windows.map((_, w) =>
    texts.map((_, t): number | null => {
      const value = data[`f${w}_${t}`].results[0]?.values[0]?.value ?? null;
      return value === null ? null : Number(value);
    }),
  );
}

/** 0 < cuts < length, as windows that follow each other. */
function split(random: () => number, length: number, parts: number): [number, number][] {
  const cuts = new Set(Array.from({ length: parts - 1 }, () => 1 + Math.floor(random() * (length - 1))));
  const ends = [0, ...[...cuts].sort((a, b) => a - b), length];
  return ends.slice(1).map((end, i) => [ends[i] as number, end]);
}

const FOLDS = ["sum", "count", "max", "min", "avg"].map((fn) => `${fn}(service_cpm)`);

test("sums, counts, extremes and means of parts make those of the whole, over any split of the window", async () => {
  const random = mulberry32(12);
  for (let round = 0; round < 12; round++) {
    const service = SERVICES[round % SERVICES.length] as string;
    const windows = split(random, MINUTES, 2 + Math.floor(random() * 9));
    const [whole = [], ...parts] = await numbers(FOLDS, service, [[0, MINUTES], ...windows]);
    const column = (i: number): number[] => parts.flatMap((part) => part[i] ?? []);
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const calls = rows.filter((row) => row.service === service).map(({ latencies }) => latencies.length);
    expect(whole[0]).toBe(total(calls));
    expect(whole.slice(0, 4)).toEqual([total(column(0)), total(column(1)), Math.max(...column(2)), Math.min(...column(3))]);
    const weighted = parts.reduce((sum, [, count, , , avg]) => sum + (count as number) * ((avg ?? 0) as number), 0);
    expect(weighted / (whole[1] as number)).toBeCloseTo(whole[4] as number, 1);
  }
});

test("increases over the parts of a window add up to the one over all of it", async () => {
  const random = mulberry32(13);
  // Without holes: a trend to or from a minute that was not seen is none.
  await query.traffic(
    ...Array.from({ length: 60 }, (_, minute) =>
      trafficRow({ service: "whole", minute, failed: 0, latencies: Array(1 + Math.floor(random() * 9)).fill(5) }),
    ),
  );
  for (let round = 0; round < 6; round++) {
    const windows = split(random, 59, 4).map(([from, to]) => [from + 1, to + 1] as const);
    const [whole, ...parts] = await numbers(["sum(increase(service_cpm,1))"], "whole", [[1, 60], ...windows]);
    const [ends] = await numbers(["latest(increase(service_cpm,59))"], "whole", [[59, 60]]);
    expect(parts.reduce((sum, [part]) => sum + (part as number), 0)).toBe(whole?.[0]);
    expect(whole).toEqual(ends);
  }
});

test("our own numbers of parts add up too, over any split", async () => {
  const random = mulberry32(14);
  const [id] = SERVICES.map((service) => serviceId(service));
  for (let round = 0; round < 6; round++) {
    const windows = [[0, MINUTES] as [number, number], ...split(random, MINUTES, 5)];
    const fields = windows.map(([from, to], i) => {
      const window = `{ from: ${START + from * MINUTE_MS}, to: ${START + to * MINUTE_MS} }`;
      return `w${i}: meshService(id: "${id}", window: ${window}) { traffic { calls failed } }`;
    });
    // Windows of more than two hours are read by steps of five minutes, from the same rows.
    const { data } = await query.gql(`{ ${fields.join(" ")} }`);
    const [whole, ...parts] = windows.map((_, i) => data[`w${i}`].traffic ?? { calls: 0, failed: 0 });
    for (const column of ["calls", "failed"])
      expect([column, parts.reduce((sum, part) => sum + part[column], 0)]).toEqual([column, whole[column]]);
  }
});

/** What the calls themselves say. */
function truth(of: readonly Stored[]) {
  const latencies = of.flatMap((row) => row.latencies).sort((a, b) => a - b);
  const failed = of.reduce((sum, row) => sum + row.failed, 0);
  const [satisfied, tolerating] = apdexCounts(latencies);
  return {
    sla: Math.floor(((latencies.length - failed) * 10_000) / latencies.length),
    apdex: Math.floor(((satisfied * 2 + tolerating) * 5_000) / latencies.length),
    percentile: (rank: number): number => latencies[Math.ceil((rank / 100) * latencies.length) - 1] as number,
  };
}

test("percentiles, apdex and success rate of an hour and a day are those of all their calls", async () => {
  const hours = `{ start: "${DAY} 08", end: "${DAY} 10", step: HOUR }`;
  const days = `{ start: "${DAY}", end: "${DAY}", step: DAY }`;
  const texts = ["service_sla", "service_apdex", "service_percentile"];
  for (const service of SERVICES) {
    const fields = [hours, days].flatMap((when, w) => texts.map((text, t) => field(`f${w}_${t}`, text, service, when)));
    const { data } = await query.gql(`{ ${fields.join(" ")} }`);
    const steps = [0, 1, 2].map((hour) => rows.filter(({ minute }) => Math.floor(minute / 60) === hour));
    for (const [i, all] of [...steps, rows].entries()) {
      const exact = truth(all.filter((row) => row.service === service));
      const at = (t: number, series = 0): number => Number(data[`f${i === 3 ? 1 : 0}_${t}`].results[series].values[i % 3].value);
      expect([service, i, at(0), at(1)]).toEqual([service, i, exact.sla, exact.apdex]);
      for (const [series, rank] of [50, 75, 90, 95, 99].entries()) {
        const error = Math.abs(at(2, series) - exact.percentile(rank));
        expect([service, i, rank, error <= 1 + 0.01 * exact.percentile(rank)]).toEqual([service, i, rank, true]);
      }
    }
  }
});

/** Of minutes [from, to), of services by name. */
async function group(condition: string, from: number, to: number) {
  const window = `{ from: ${START + from * MINUTE_MS}, to: ${START + to * MINUTE_MS} }`;
  const { data, errors } = await query.gql(
    `{ g: meshGroup(window: ${window}${condition}) { services traffic { calls failed errorShare p50 p75 p90 p95 p99 apdex } } }`,
  );
  return data?.g ?? errors;
}

test("percentiles, apdex and success rate of any group of services over any window are those of all their calls", async () => {
  const random = mulberry32(16);
  const groups: [string, string[]][] = [
    [`, services: ["${serviceId("a")}", "${serviceId("c")}"]`, ["a", "c"]],
    [`, services: ["${serviceId("b")}"], layer: "MESH"`, ["b"]],
    [', layer: "MESH"', SERVICES],
    [', namespace: ""', SERVICES],
  ];
  for (const [condition, names] of groups) {
    for (let round = 0; round < 5; round++) {
      // The first time the whole day, which is read from hours.
      const from = round === 0 ? -480 : Math.floor(random() * 100);
      const to = round === 0 ? 960 : from + 10 + Math.floor(random() * (MINUTES - from - 10));
      const members = rows.filter(({ service, minute }) => names.includes(service) && minute >= from && minute < to);
      const exact = truth(members);
      const { services, traffic } = await group(condition, from, to);
      expect([services, traffic.calls]).toEqual([
        names.length,
        members.reduce((sum, { latencies }) => sum + latencies.length, 0),
      ]);
      expect([Math.floor((1 - traffic.errorShare) * 10_000 + 1e-6), Math.floor(traffic.apdex * 10_000 + 1e-6)]).toEqual([
        exact.sla,
        exact.apdex,
      ]);
      for (const rank of [50, 75, 90, 95, 99]) {
        const error = Math.abs(traffic[`p${rank}`] - exact.percentile(rank));
        expect([condition, from, to, rank, error <= 0.011 * exact.percentile(rank)]).toEqual([condition, from, to, rank, true]);
      }
    }
  }
});

/** Of the whole mesh. */
function ranking(alias: string, text: string, from: number, to: number): string {
  return `${alias}: execExpression(expression: "${text}", entity: { normal: true }, duration: ${duration(from, to)}) { error results { values { id value } } }`;
}

test("whatever a window begins and ends with, now or before, its numbers are those of its calls", async () => {
  const random = mulberry32(17);
  const ended = START + 100 * MINUTE_MS + 20_000; // 09:40:20, no minute later is there
  const stored = Array.from({ length: 101 }, (_, minute): Stored => {
    const latencies = Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.ceil(5 + random() * 2_000));
    return { service: "live", minute, latencies, failed: Math.round(random()) };
  });
  const edge = { scope: "service_relation", service: "caller", dest_service: "live", detect_point: "server" } as const;
  const all = stored.map(trafficRow);
  await query.traffic(
    ...all.flatMap((row) => [row, { ...row, scope: "endpoint" as const, endpoint: "GET:/live" }, { ...row, ...edge }]),
  );
  const id = serviceId("live");
  query.clock.nowMs = ended;
  try {
    for (let round = 0; round < 8; round++) {
      const isLive = round % 2 === 0;
      const from = Math.floor(random() * 60);
      const to = isLive ? 101 : from + 1 + Math.floor(random() * (101 - from));
      const window = `window: { from: ${START + from * MINUTE_MS}, to: ${isLive ? ended : START + to * MINUTE_MS} }`;
      const top = (by: string): string =>
        `meshTopEndpoints(${window}, service: "${id}", by: ${by}) { endpoints { calls failed p50 p95 p99 } }`;
      const { data } = await query.gql(`{
        service: meshService(id: "${id}", ${window}) { traffic { calls failed p50 p95 p99 } endpoints { traffic { calls failed p50 p95 p99 } } }
        byCalls: ${top("CALLS")} byP99: ${top("P99")}
        ${ranking("sla", "top_n(endpoint_sla,1,asc)", from, to)} ${ranking("cpm", "top_n(service_cpm,9,des)", from, to)}
        map: meshMap(${window}, around: "${id}") { edges { server { calls failed p50 p95 p99 } } } }`);
      const seen = stored.filter(({ minute }) => minute >= from && minute < to);
      const { percentile } = truth(seen);
      const told = [
        data.service.traffic,
        data.service.endpoints[0].traffic,
        data.byCalls.endpoints[0],
        data.byP99.endpoints[0],
        data.map.edges[0].server,
      ];
      const calls = seen.reduce((sum, { latencies }) => sum + latencies.length, 0);
      const failed = seen.reduce((sum, row) => sum + row.failed, 0);
      const { value: sla } = data.sla.results[0].values[0];
      const { value: cpm } = data.cpm.results[0].values.find(({ id }: { id: string }) => id === "live");
      expect([from, to, sla, cpm]).toEqual([
        ...[from, to],
        ...[Math.floor(((calls - failed) * 10_000) / calls), Math.floor(calls / seen.length)].map(String),
      ]);
      for (const [i, numbers] of told.entries()) {
        expect([i, from, to, numbers.calls, numbers.failed]).toEqual([i, from, to, calls, failed]);
        for (const rank of [50, 95, 99]) {
          const error = Math.abs(numbers[`p${rank}`] - percentile(rank));
          expect([i, from, to, rank, error <= 0.011 * percentile(rank)]).toEqual([i, from, to, rank, true]);
        }
      }
    }
  } finally {
    query.clock.nowMs = Date.parse(`${DAY}T12:00:00Z`);
  }
});

test("a group without services or calls has no numbers, and what is no id is told", async () => {
  expect(await group(', layer: "GENERAL"', 0, 60)).toEqual({ services: 0, traffic: null });
  expect(await group(', layer: "MESH"', 200, 210)).toEqual({ services: SERVICES.length, traffic: null });
  expect(await group(', services: ["x"]', 0, 60)).toMatchObject([{ message: 'services: "x" is not the id of a service' }]);
});

test("means of the minutes would be far off, which is why they are not taken", async () => {
  const exact = truth(rows.filter(({ service, minute }) => service === "a" && minute < 60));
  const [means] = await numbers(["avg(service_sla)", "avg(service_percentile{p='50'})"], "a", [[0, 60]]);
  expect(Math.abs((means?.[0] as number) - exact.sla)).toBeGreaterThan(500);
  expect(means?.[1] as number).toBeGreaterThan(2 * exact.percentile(50));
});

test("random expressions over stored rows are answered, each with a result or an error of its own", async () => {
  const expressions = new RandomExpression(mulberry32(15));
  for (let round = 0; round < 8; round++) {
    const texts = Array.from({ length: 40 }, () => print(expressions.next(4)));
    const fields = texts.map((text, i) => field(`f${i}`, text, SERVICES[i % 3] as string, duration(i % 7, 60)));
    const before = query.engine.queries;
    const { data, errors } = await query.gql(`{ ${fields.join(" ")} }`);
    expect(errors).toBeUndefined();
    for (const [i, text] of texts.entries())
      expect([text, data[`f${i}`]]).toEqual([text, expect.objectContaining({ type: expect.any(String) })]);
    expect(query.engine.queries - before).toBeLessThanOrEqual(12);
  }
});

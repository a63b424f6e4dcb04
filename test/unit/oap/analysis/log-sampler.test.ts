import { expect, test } from "vitest";
import { LogRates } from "../../../../oap/analysis/log-rates.ts";
import { LogSampler } from "../../../../oap/analysis/log-sampler.ts";
import { RecentLatency } from "../../../../oap/analysis/recent-latency.ts";
import { EntryBatch } from "../../../../oap/model/batch.ts";
import { DetectPoint } from "../../../../oap/model/entity.ts";
import { LogKept } from "../../../../oap/model/log-rows.ts";
import { requestHash } from "../../../../receivers/envoy-als/request-hash.ts";
import { mulberry32 } from "../../../harness/random.ts";

const SERVICES = ["", "front", "cart", "stock"];
const KEPT_MAX = 32_768;
const NAMES = { epoch: 0, serviceOf: Int32Array.of(0, 1, 2, 3), serviceName: (service: number) => SERVICES[service] as string };
const ID = Buffer.from("00000000-0000-4000-8000-000000000000");
const DASHES = [8, 13, 18, 23];
const HEX = Buffer.from("0123456789abcdef");

/** The hash of a request id as Envoy makes it. */
function hashOf(random: () => number): number {
  let bits = 0;
  for (let i = 0, left = 0; i < ID.length; i++) {
    if (i === 14 || DASHES.includes(i)) continue;
    if (left === 0) {
      bits = Math.floor(random() * 2 ** 32);
      left = 8;
    }
    ID[i] = HEX[(bits >>> (--left * 4)) & 15] as number;
  }
  return requestHash(ID, 0, ID.length);
}

const BATCH = new EntryBatch();

/** Asks about an entry with one report. */
function decide(made: LogSampler, workload: number, side: number, failed: boolean, latencyUs: number, hash: number): number {
  const batch = BATCH;
  batch.length = 0;
  const row = batch.addRow();
  batch.success[row] = failed ? 0 : 1;
  batch.latencyUs[row] = latencyUs;
  batch.detectPoint[row] = side;
  return made.decide(batch, row, row, workload, hash);
}

function sampler(budgets = { failed: 5_000, other: 1_000 }) {
  const latency = new RecentLatency((name) => SERVICES.indexOf(name), 2);
  const made = new LogSampler(budgets, 1, NAMES, latency);
  const rates = new LogRates(budgets);
  const second = () => {
    rates.tell(0, made.endSecond(), 0);
    for (const one of rates.next(1).values()) made.take(one);
  };
  return { made, second, latency };
}

test("a small mesh keeps everything, with weight 1", () => {
  const { made, second } = sampler();
  const random = mulberry32(1);
  for (let at = 0; at < 5; at++) {
    for (let i = 0; i < 900; i++) {
      expect(decide(made, 1, DetectPoint.server, i % 10 === 0, 1_000, hashOf(random))).toBe(
        i % 10 === 0 ? LogKept.failed : LogKept.rest,
      );
      expect(made.weight).toBe(1);
    }
    second();
  }
  expect([...made.notKept]).toEqual([0, 0, 0]);
});

/** Mean and variance over the seeds of what sums of weights say of n entries of which one in 2^k is kept. */
test("over 1,000 seeds sums of weights are true counts on average, with the variance of one in 2^k", () => {
  const counts = [0, 40, 400, 1_600]; // by service
  const budgets = { failed: 5_000, other: 300 };
  const errors = counts.map((): number[] => []);
  const rates = counts.map(() => 0);
  for (let seed = 1; seed <= 1_000; seed++) {
    const random = mulberry32(seed);
    const latency = new RecentLatency(() => -1, 1);
    const made = new LogSampler(budgets, 1, NAMES, latency);
    const node = new LogRates(budgets);
    const all = Float64Array.from(counts.slice(1).flatMap((count) => [0, 0, count]));
    for (const service of [1, 2, 3]) decide(made, service, DetectPoint.server, false, 1, 0); // so that it knows them
    const demand = made.endSecond();
    node.tell(0, { ...demand, entries: all }, 0);
    made.take(node.next(1).get(0) as never);
    const estimates = counts.map(() => 0);
    for (const service of [1, 2, 3]) {
      for (let i = 0; i < (counts[service] as number); i++) {
        if (decide(made, service, DetectPoint.server, false, 1, hashOf(random)) === LogKept.none) continue;
        (estimates[service] as number) += made.weight;
        rates[service] = made.weight;
      }
    }
    for (const service of [1, 2, 3]) errors[service]?.push((estimates[service] as number) - (counts[service] as number));
  }
  expect(rates[1]).toBe(1);
  expect(errors[1]?.every((error) => error === 0)).toBe(true);
  for (const service of [2, 3]) {
    const list = errors[service] as number[];
    const mean = list.reduce((a, b) => a + b, 0) / list.length;
    const variance = list.reduce((a, b) => a + (b - mean) ** 2, 0) / (list.length - 1);
    const theory = (counts[service] as number) * ((rates[service] as number) - 1);
    expect(rates[service]).toBeGreaterThan(1);
    expect(Math.abs(mean)).toBeLessThan(3 * Math.sqrt(theory / list.length));
    expect(variance / theory).toBeGreaterThan(0.8);
    expect(variance / theory).toBeLessThan(1.2);
  }
});

test("an entry's tracing mark, which every hop may set anew, does not change its fate", () => {
  const hash = (id: string): number => requestHash(Buffer.from(id), 0, id.length);
  const id = (mark: string): string => `9f1c2b7a-3d5e-${mark}c1f-8a2b-0d9e8f7a6b5c`;
  expect(new Set(["4", "9", "a", "b"].map((mark) => hash(id(mark)))).size).toBe(1);
  expect(hash(id("4"))).not.toBe(hash(id("4").replace("9f", "9e")));
});

test("hashes of request ids are even: every bit is set half of the time", () => {
  const random = mulberry32(5);
  const ones = new Array<number>(32).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const hash = hashOf(random);
    for (let bit = 0; bit < 32; bit++) (ones[bit] as number) += (hash >>> bit) & 1;
  }
  for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(350);
});

test("what a hop with a smaller k keeps is told around, and recalled with weight 0 where it was not kept", () => {
  const { made, second } = sampler({ failed: 1_000, other: 1_000 });
  const random = mulberry32(3);
  const flood = () => {
    for (let i = 0; i < 30_000; i++) decide(made, 1, DetectPoint.server, false, 1_000, hashOf(random));
  };
  flood();
  second();
  const hash = 0xfffffff0; // the last to be kept
  expect(decide(made, 1, DetectPoint.server, false, 1_000, hash)).toBe(LogKept.none);
  expect(made.recall(hash, LogKept.rest)).toBe(LogKept.none);
  expect(decide(made, 2, DetectPoint.client, true, 1_000, hash)).toBe(LogKept.failed);
  expect(made.recall(hash, LogKept.rest)).toBe(LogKept.context);
  expect(made.recall(hash, LogKept.slow)).toBe(LogKept.slow);
  expect([...made.takeKept()]).toContain(hash);
  const other = sampler().made;
  other.keep(Uint32Array.of(hash, LogKept.failed));
  expect(other.recall(hash, LogKept.rest)).toBe(LogKept.context);
  for (let passed = 0; passed < 10; passed++) other.endSecond();
  expect(other.recall(hash, LogKept.rest)).toBe(LogKept.none); // it is forgotten
});

test("a burst is braked within its second, and its rows' weights tell of it", () => {
  const { made } = sampler({ failed: 100, other: 100 });
  const random = mulberry32(9);
  let estimate = 0;
  let rows = 0;
  for (let i = 0; i < 200_000; i++) {
    if (decide(made, 1, DetectPoint.server, false, 1_000, hashOf(random)) === LogKept.none) continue;
    rows++;
    estimate += made.weight;
  }
  expect(rows).toBeLessThan(3_000);
  expect(Math.abs(estimate / 200_000 - 1)).toBeLessThan(0.2);
});

test("slow is what takes longer than the service's own 99th percentile of late, each side for itself", () => {
  const { made, latency } = sampler();
  const column = (name: string, values: string[]) => ({ name, type: "String", values }) as const;
  const learn = (keys: number[], values: number[]): void =>
    latency.learn({
      table: "traffic_minute",
      rows: 2,
      columns: [
        column("scope", ["service", "service_relation"]),
        column("service", ["cart", "front"]),
        column("detect_point", ["", "client"]),
        { name: "latency_histogram", type: "Map(UInt16, UInt64)", ends: [keys.length, keys.length], keys, values },
      ],
    });
  const kept = (service: number, side: number, us: number): number => decide(made, service, side, false, us, 1);
  learn([350, 460], [150, 0]); // 1 ms; too few to tell
  expect(kept(2, DetectPoint.server, 1e6)).toBe(LogKept.rest);
  learn([350, 460], [9_840, 10]); // and 10 of 9 ms: the hundredth part lies at 1 ms
  expect(kept(2, DetectPoint.server, 1_020)).toBe(LogKept.rest);
  expect(kept(2, DetectPoint.server, 9_000)).toBe(LogKept.slow);
  expect(kept(2, DetectPoint.client, 9_000)).toBe(LogKept.rest);
  expect(kept(1, DetectPoint.server, 9_000)).toBe(LogKept.rest);
  expect(kept(2, DetectPoint.server, -1)).toBe(LogKept.rest); // not known
});

test("what is known of the longest silent services makes room for others, and is counted", () => {
  const latency = new RecentLatency((name) => SERVICES.indexOf(name), 1); // of each side
  const isSlow = (service: number): boolean => latency.isSlow(service, DetectPoint.server, Float64Array.of(1e6), 0);
  const learn = (service: string): void =>
    latency.learn({
      table: "traffic_minute",
      rows: 1,
      columns: [
        { name: "scope", type: "String", values: ["service"] },
        { name: "service", type: "String", values: [service] },
        { name: "detect_point", type: "String", values: [""] },
        { name: "latency_histogram", type: "Map(UInt16, UInt64)", ends: [1], keys: [350], values: [150] },
      ],
    });
  for (const service of ["front", "cart", "front"]) learn(service);
  expect([isSlow(1), latency.evictions]).toEqual([true, 0]);
  learn("stock"); // cart goes
  learn("cart"); // front goes
  expect([isSlow(2), latency.evictions]).toEqual([false, 2]); // it begins anew
  learn("cart");
  expect([isSlow(2), latency.evictions]).toEqual([true, 2]);
});

test("kept requests beyond those that can be remembered are counted", () => {
  const { made } = sampler();
  made.keep(Uint32Array.from({ length: 2 * (KEPT_MAX + 3) }, (_, i) => (i % 2 === 0 ? i : LogKept.failed)));
  expect(made.keptOverflowed).toBe(3);
  made.keep(Uint32Array.of(0, LogKept.failed)); // known
  expect(made.keptOverflowed).toBe(3);
});

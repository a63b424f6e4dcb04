import { expect, test } from "vitest";
import { CLASSES, fairRates, LOG_RATE_OFF, LogRates } from "../../../../oap/analysis/log-rates.ts";
import type { LogDemand } from "../../../../oap/model/ipc.ts";

const rowsOf = (counts: readonly number[], rates: Uint8Array): number[] =>
  counts.map((count, i) => count / 2 ** (rates[i] as number));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function demand(
  entries: Readonly<Record<number, readonly [number, number, number]>>,
  change: Partial<LogDemand> = {},
): LogDemand {
  return {
    services: Uint32Array.from(Object.keys(entries), Number),
    entries: Float64Array.from(Object.values(entries).flat()),
    failedRows: 0,
    otherRows: 0,
    failedContext: 0,
    otherContext: 0,
    ...change,
  };
}

test("what fits the budget is kept whole", () => {
  expect([...fairRates(Float64Array.of(500, 400, 100), 1_000)]).toEqual([0, 0, 0]);
});

test("one chatty service does not starve the others", () => {
  const counts = [100_000, 40, 60, 3];
  const rates = fairRates(Float64Array.from(counts), 1_000);
  expect([...rates.slice(1)]).toEqual([0, 0, 0]);
  const [chatty = 0, ...others] = rowsOf(counts, rates);
  expect(chatty).toBeLessThanOrEqual(1_000 - sum(others));
  expect(chatty).toBeGreaterThan((1_000 - sum(others)) / 2);
});

test("rows of random demands fit the budget, and nobody is cut below what another gets", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const counts = Array.from({ length: 1 + (seed % 40) }, (_, i) => Math.round(10 ** (((seed * 7 + i * 13) % 50) / 10)));
    const rates = fairRates(Float64Array.from(counts), 1_000);
    const rows = rowsOf(counts, rates);
    expect(sum(rows)).toBeLessThanOrEqual(1_000);
    if (sum(counts) <= 1_000) continue;
    // Of two that are cut, k is a power of two apart from even.
    const cut = rows.filter((_, i) => (rates[i] as number) > 0);
    expect(Math.max(...rows)).toBeLessThanOrEqual(2.001 * Math.min(...cut));
  }
});

test("no budget, no rows", () => {
  expect([...fairRates(Float64Array.of(5), 0)]).toEqual([LOG_RATE_OFF]);
  expect([...fairRates(Float64Array.of(5), -1)]).toEqual([LOG_RATE_OFF]);
});

test("the processes of a node get one k for a service, and shares by need", () => {
  const rates = new LogRates({ failed: 5_000, other: 1_000 });
  rates.tell(0, demand({ 7: [10, 5, 6_000] }), 0);
  rates.tell(1, demand({ 7: [0, 0, 2_000], 8: [0, 0, 10] }), 0);
  const next = rates.next(500);
  expect(next.get(0)?.rates).toEqual(next.get(1)?.rates);
  expect((next.get(0)?.share ?? 0) + (next.get(1)?.share ?? 0)).toBeCloseTo(1);
  expect(next.get(1)?.share).toBeCloseTo(2_010 / 8_025);
  const row = [...(next.get(0)?.services ?? [])].indexOf(7) * CLASSES;
  expect([...(next.get(0)?.rates ?? [])].slice(row, row + CLASSES)).toEqual([0, 0, 5]); // 8,000 / 32 = 250: at first two more are expected to come with each
  expect(rates.next(10_000).size).toBe(0); // both are silent
});

test("a process that says nothing is told what holds while another one talks", () => {
  const rates = new LogRates({ failed: 5_000, other: 1_000 });
  rates.tell(0, demand({ 7: [0, 0, 6_000] }), 0);
  rates.tell(1, demand({}), 0);
  rates.next(500);
  rates.tell(0, demand({ 7: [0, 0, 6_000] }), 10_000);
  const next = rates.next(10_500);
  expect(next.get(1)).toEqual({ ...next.get(0), share: 0 });
  expect(next.get(0)?.share).toBe(1);
});

test("slow ones come before the rest, and leave it something", () => {
  const rates = new LogRates({ failed: 0, other: 1_000 });
  for (let second = 0; second < 40; second++) {
    rates.tell(0, demand({ 7: [50, 2_000, 100_000] }, { otherRows: 500 }), 0);
    rates.next(1);
  }
  const [failed = 0, slow = 0, rest = 0] = rates.next(1).get(0)?.rates ?? [];
  expect(failed).toBe(LOG_RATE_OFF);
  expect(2_000 / 2 ** slow).toBeLessThanOrEqual(500);
  expect(2_000 / 2 ** slow).toBeGreaterThanOrEqual(250);
  expect(100_000 / 2 ** rest).toBeGreaterThan(250);
  expect(100_000 / 2 ** rest + 2_000 / 2 ** slow).toBeLessThanOrEqual(1_000);
});

test("what kept requests bring along is paid by the budget, but not where everything is kept", () => {
  const rates = new LogRates({ failed: 1_000, other: 1_000 });
  const k = (rest: number, context: number): number => {
    for (let second = 0; second < 60; second++) {
      rates.tell(0, demand({ 7: [900, 0, rest] }, { failedRows: 100, failedContext: context }), 0);
      rates.next(1);
    }
    return rates.next(1).get(0)?.rates[0] as number;
  };
  expect(k(90, 0)).toBe(0);
  expect(k(9_000, 700)).toBe(3); // 8 rows for each: 125 requests
  expect(k(9_000, 0)).toBe(0);
});

test("a burst counts at once, and is forgotten slowly", () => {
  const rates = new LogRates({ failed: 0, other: 1_000 });
  const k = (entries: number): number => {
    rates.tell(0, demand({ 7: [0, 0, entries] }), 0);
    return rates.next(1).get(0)?.rates[2] as number;
  };
  expect(k(100)).toBe(0);
  expect(k(64_000)).toBe(6);
  expect(k(100)).toBe(6);
  for (let second = 0; second < 30; second++) k(100);
  expect(k(100)).toBe(0);
});

import { expect, test } from "vitest";
import { RESPONSE_FLAGS } from "../../../../oap/model/response-flags.ts";
import { changes } from "../../../../query/mcp/changes.ts";
import type { TrafficNumbers } from "../../../../query/mcp/shapes.ts";
import { bounded, ms, percent, table } from "../../../../query/mcp/words.ts";

const traffic = (given: Partial<TrafficNumbers> = {}): TrafficNumbers => ({
  calls: 1_000,
  failed: 10,
  callRate: 10,
  errorShare: 0.01,
  p50: 10,
  p95: 50,
  p99: 100,
  apdex: 1,
  tlsShare: 1,
  mtlsShare: 1,
  bytesIn: 1,
  bytesOut: 1,
  tcpConnections: 0,
  ...given,
});

test("what comes and goes by itself is no change", () => {
  expect(changes(traffic(), traffic())).toEqual([]);
  expect(changes(traffic({ callRate: 11, errorShare: 0.011, p95: 55 }), traffic())).toEqual([]);
  expect(changes(traffic({ calls: 5, errorShare: 1, p99: 900 }), traffic({ calls: 4, errorShare: 0, p99: 1 }))).toEqual([]);
});

test("what changed is said with both numbers", () => {
  expect(changes(traffic({ callRate: 2, errorShare: 0.05, p99: 250, mtlsShare: 0.5 }), traffic())).toEqual([
    "Calls went down from 10/s to 2/s.",
    "Failed calls went up from 1 % to 5 %.",
    "Latency p99 went up from 100 ms to 250 ms.",
    "Calls over mTLS went down from 100 % to 50 %.",
  ]);
});

test("nothing to compare with is said, too", () => {
  expect(changes(null, null)).toEqual([]);
  expect(changes(null, traffic())[0]).toMatch(/none in this one/);
  expect(changes(traffic(), null)[0]).toMatch(/nothing to compare/);
});

test("a few failures are never rounded away", () => {
  expect([percent(0.000_01), percent(0.999_99), percent(0), percent(1), percent(null)]).toEqual([
    "<0.01 %",
    ">99.99 %",
    "0 %",
    "100 %",
    "–",
  ]);
  expect([ms(0.123), ms(12.34), ms(1_234), ms(12_345)]).toEqual(["0.12 ms", "12 ms", "1234 ms", "12.3 s"]);
});

test("texts are bounded, and names cannot break a table", () => {
  expect(table(["a"], [["x|y"]])).toContain("x\\|y");
  expect(bounded("x".repeat(100_000)).length).toBeLessThan(41_000);
  expect(bounded("x".repeat(100_000))).toMatch(/cut; ask for less at a time$/);
});

test("every response flag has causes and what to look at, in whole sentences", () => {
  for (const { short, causes, next } of RESPONSE_FLAGS) {
    expect(causes.length, short).toBeGreaterThan(0);
    expect(next.length, short).toBeGreaterThan(0);
    for (const sentence of [...causes, ...next]) expect(sentence, short).toMatch(/^[A-Z].*\.$/);
  }
});

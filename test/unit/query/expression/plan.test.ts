import { expect, test } from "vitest";
import type { Metric } from "../../../../oap/catalog/metric.ts";
import { METRICS } from "../../../../oap/catalog/metrics.ts";
import type { SeriesLeaf } from "../../../../query/expression/leaves.ts";
import { sharedWindows } from "../../../../query/expression/plan.ts";
import { mulberry32 } from "../../../harness/random.ts";

const MINUTE_MS = 60_000;
const metric = METRICS.get("service_cpm") as Metric;

/** From and to in minutes. */
function leaf(from: number, to: number, before = 0, step: "MINUTE" | "HOUR" = "MINUTE"): SeriesLeaf {
  const stepMs = step === "MINUTE" ? MINUTE_MS : 60 * MINUTE_MS;
  const range = { fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS, step, stepMs };
  return { kind: "series", metric, entity: {}, range, before };
}

function windows(...leaves: SeriesLeaf[]): string[] {
  const shared = sharedWindows(leaves);
  return leaves.map((one) => {
    const { fromMs = 0, toMs = 0 } = shared.get(one) ?? {};
    return `${fromMs / MINUTE_MS}-${toMs / MINUTE_MS}`;
  });
}

test("windows that overlap or touch are read as one, with the points before them; others are not", () => {
  expect(windows(leaf(100, 130), leaf(100, 130))).toEqual(["100-130", "100-130"]);
  expect(windows(leaf(100, 130, 5), leaf(100, 130), leaf(130, 140))).toEqual(["95-140", "95-140", "95-140"]);
  expect(windows(leaf(200, 230), leaf(100, 130), leaf(120, 150))).toEqual(["200-230", "100-150", "100-150"]);
  expect(windows(leaf(60, 120), leaf(60, 120, 0, "HOUR"))).toEqual(["60-120", "60-120"]);
  expect(windows(leaf(60, 120), leaf(60, 120, 1, "HOUR"))).toEqual(["60-120", "0-120"]);
});

test("one window never has more steps than a statement may answer", () => {
  expect(windows(leaf(0, 500), leaf(400, 900), leaf(800, 1_300))).toEqual(["0-900", "0-900", "800-1300"]);
});

test("whatever is asked, a leaf's window holds all of its points, and windows of a step overlap only where they would be too long", () => {
  const random = mulberry32(7);
  const below = (max: number): number => Math.floor(random() * max);
  for (let round = 0; round < 300; round++) {
    const leaves = Array.from({ length: 1 + below(8) }, () => {
      const from = 1_000 + below(2_000);
      return leaf(from, from + 1 + below(500), below(3) === 0 ? below(500) : 0);
    });
    const shared = sharedWindows(leaves);
    for (const one of leaves) {
      const { fromMs, toMs } = shared.get(one) as { fromMs: number; toMs: number };
      expect(fromMs).toBeLessThanOrEqual(one.range.fromMs - one.before * MINUTE_MS);
      expect(toMs).toBeGreaterThanOrEqual(one.range.toMs);
      expect(toMs - fromMs).toBeLessThanOrEqual(1_000 * MINUTE_MS);
    }
    const apart = [...new Set(shared.values())].sort((a, b) => a.fromMs - b.fromMs);
    for (const [i, one] of apart.slice(1).entries()) {
      const before = apart[i] as typeof one;
      const isApart = one.fromMs > before.toMs;
      expect(isApart || Math.max(one.toMs, before.toMs) - before.fromMs > 500 * MINUTE_MS).toBe(true);
    }
  }
});

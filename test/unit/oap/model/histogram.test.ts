import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BUCKET_MAX,
  bucketMidpointUs,
  bucketMs,
  bucketOf,
  LATENCY_MAX_US,
  quantileBucket,
} from "../../../../oap/model/histogram.ts";

test("a bucket's midpoint is within 1 % of every latency from 1 µs to 1 h", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: Math.log(LATENCY_MAX_US), noNaN: true }), (exponent) => {
      const latencyUs = Math.min(LATENCY_MAX_US, Math.exp(exponent));
      const error = Math.abs(bucketMidpointUs(bucketOf(latencyUs)) - latencyUs) / latencyUs;
      expect(error).toBeLessThanOrEqual(0.01);
    }),
    { numRuns: 20_000 },
  );
});

test("every whole microsecond up to 100,000 and every bucket border is within 1 %", () => {
  for (let us = 1; us <= 100_000; us++) expect(Math.abs(bucketMidpointUs(bucketOf(us)) - us) / us).toBeLessThanOrEqual(0.01);
  for (let bucket = 1; bucket <= BUCKET_MAX; bucket++) {
    const border = 1.02 ** bucket;
    expect(Math.abs(bucketMidpointUs(bucketOf(border)) - border) / border).toBeLessThanOrEqual(0.01);
  }
});

test("buckets never decrease as latency grows, and what is out of range goes to the ends", () => {
  let last = 0;
  for (let us = 0; us < 5e9; us = us * 1.003 + 0.5) {
    const bucket = bucketOf(us);
    expect(bucket).toBeGreaterThanOrEqual(last);
    last = bucket;
  }
  expect(bucketOf(0)).toBe(0);
  expect(bucketOf(-5)).toBe(0);
  expect(bucketOf(Number.NaN)).toBe(0);
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(BUCKET_MAX);
});

test("a quantile of merged buckets is the bucket of the value of that rank", () => {
  expect(quantileBucket([], [], 0.5)).toBeNull();
  expect(quantileBucket([10], [1], 0.99)).toBe(10);
  expect(quantileBucket([10, 20, 30], [50, 45, 5], 0.5)).toBe(10);
  expect(quantileBucket([10, 20, 30], [50, 45, 5], 0.95)).toBe(20);
  expect(quantileBucket([10, 20, 30], [50, 45, 5], 0.96)).toBe(30);
  expect(quantileBucket([10, 20, 30], [50, 45, 5], 0)).toBe(10);
});

test("one call of 47 ms has percentiles of 47 ms; anything shorter than a millisecond shows as 1", () => {
  expect(bucketMs(bucketOf(47_600))).toBe(47);
  expect(bucketMs(bucketOf(3))).toBe(1);
  expect(bucketMs(null)).toBeNull();
});

import { expect, test } from "vitest";
import { SCHEMA } from "../../../../oap/config/schema.ts";
import { BoundLog } from "../../../../oap/telemetry/bound-log.ts";
import { BOUNDS } from "../../../../oap/telemetry/bounds.ts";

test("a bound that is hit is told at most once a minute, with how often since the last time", () => {
  const lines: unknown[] = [];
  const log = new BoundLog({ warn: ((detail: unknown) => void lines.push(detail)) as never });
  log.check({ endpointsOverflowed: 0 }, 1_000);
  expect(lines).toEqual([]);
  log.check({ endpointsOverflowed: 3 }, 2_000);
  log.check({ endpointsOverflowed: 9, pairsFolded: 1 }, 30_000);
  log.check({ endpointsOverflowed: 9, pairsFolded: 1 }, 62_000);
  log.check({ endpointsOverflowed: 9, pairsFolded: 1 }, 200_000);
  expect(lines).toEqual([
    { bound: "endpoints", hits: 3, setting: "endpoints.perService" },
    { bound: "instance_pairs", hits: 1, setting: "instanceRelations.perInstance" },
    { bound: "endpoints", hits: 6, setting: "endpoints.perService" },
  ]);
});

test("every bound names settings that exist, and each bound and counter once", () => {
  const bounds = Object.values(BOUNDS);
  expect(new Set(bounds.map(({ bound }) => bound)).size).toBe(bounds.length);
  for (const { bound, settings } of bounds) {
    expect(settings.length, bound).toBeGreaterThan(0);
    for (const setting of settings) expect(Object.keys(SCHEMA)).toContain(setting);
  }
});

import { expect, test } from "vitest";
import { forecast, type Growing } from "../../../query/storage-forecast.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-03-20T00:00:00Z");

const table = (more: Partial<Growing>): Growing => ({
  bytes: 100,
  bytesPerDay: 10,
  oldest: NOW - 2 * DAY_MS,
  retentionDays: 8,
  partitionDays: 0,
  ...more,
});

test("a table that is as old as its lifetime grows no more", () => {
  const old = table({ oldest: NOW - 8 * DAY_MS });
  expect(forecast([old], 1, NOW)).toEqual({ bytesPerDay: 10, daysUntilFull: null, settlesAtBytes: 100 });
});

test("a young table grows until its oldest rows expire, with their whole partition", () => {
  expect(forecast([table({})], 1_000, NOW)).toEqual({ bytesPerDay: 10, daysUntilFull: null, settlesAtBytes: 160 });
  expect(forecast([table({ partitionDays: 7 })], 1_000, NOW).settlesAtBytes).toBe(230);
});

test("room that does not last until then ends on the day that it ends", () => {
  expect(forecast([table({})], 45, NOW).daysUntilFull).toBe(4.5);
  expect(forecast([table({})], 0, NOW).daysUntilFull).toBe(0);
  expect(forecast([table({})], -5, NOW).daysUntilFull).toBe(0);
});

test("the pace falls as one table after the other stops to grow", () => {
  const quick = table({ bytesPerDay: 100, retentionDays: 3 }); // 1 day to go: 100 more
  const slow = table({ bytesPerDay: 1, retentionDays: 400 });
  expect(forecast([quick, slow], 111, NOW).daysUntilFull).toBe(11);
  expect(forecast([quick, slow], 1_000, NOW)).toMatchObject({ daysUntilFull: null, settlesAtBytes: 200 + 100 + 398 });
});

test("where nothing expires it is full one day, and never settles", () => {
  expect(forecast([table({ retentionDays: null })], 1_000, NOW)).toEqual({
    bytesPerDay: 10,
    daysUntilFull: 100,
    settlesAtBytes: null,
  });
});

test("what is not known is not guessed", () => {
  const unknown = { bytesPerDay: null, daysUntilFull: null, settlesAtBytes: null };
  expect(forecast([], 1_000, NOW)).toEqual(unknown);
  expect(forecast([table({ bytesPerDay: null })], 1_000, NOW)).toEqual(unknown);
  expect(forecast([table({}), table({ bytesPerDay: null })], 1_000, NOW).bytesPerDay).toBe(10);
});

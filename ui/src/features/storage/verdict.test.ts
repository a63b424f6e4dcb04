import { expect, test } from "vitest";
import { paceMsOf, verdictOf } from "./verdict.ts";

const GIB = 2 ** 30;
const DAY = 86_400_000;
const NOW = Date.parse("2026-03-20T12:00:00Z");
const minutes = (oldest: number | null) => [
  {
    name: "traffic_minute",
    kind: "",
    rows: 1,
    bytes: 1,
    uncompressedBytes: 1,
    oldest,
    newest: oldest,
    bytesPerDay: 1,
    retentionDays: 8,
  },
];
const facts = {
  now: NOW,
  freeBytes: 50 * GIB,
  minFreeBytes: GIB,
  bytes: 2 * GIB,
  bytesPerDay: GIB,
  daysUntilFull: null,
  settlesAtBytes: 12 * GIB,
  tables: minutes(NOW - 3_600_000),
  dropped: [],
};
const drop = (at: number) => ({ at, shard: "", table: "access_log", kind: "rest", rows: 1, bytes: GIB, oldest: 0, newest: 0 });

test("room that outlives what expires is good, and says what storage comes to", () => {
  const { level, detail } = verdictOf(facts);
  expect([level, detail]).toEqual(["good", expect.stringMatching(/last 60 min, .* comes to 12 GiB/)]);
});

test("room that ends within a month is a warning, later it is not", () => {
  expect(verdictOf({ ...facts, daysUntilFull: 12.4 })).toMatchObject({ level: "warn", title: "The disk is full in 12 days" });
  expect(verdictOf({ ...facts, daysUntilFull: 200 })).toMatchObject({ level: "good", title: "There is room for 200 days" });
  expect(verdictOf({ ...facts, daysUntilFull: 200, settlesAtBytes: null }).detail).toContain("Nothing expires.");
});

test("less than is to be kept free is bad, whatever the pace", () => {
  expect(verdictOf({ ...facts, freeBytes: GIB / 2, bytesPerDay: null }).level).toBe("bad");
});

test("a pace that is not known yet is not guessed", () => {
  expect(verdictOf({ ...facts, bytesPerDay: null, settlesAtBytes: null }).level).toBe("unknown");
});

test("the pace is that of the last week, or of as long as there are minutes", () => {
  expect(paceMsOf({ tables: minutes(0), now: 2 * DAY })).toBe(2 * DAY);
  expect(paceMsOf({ tables: minutes(0), now: 20 * DAY })).toBe(7 * DAY);
  expect(paceMsOf({ tables: minutes(null), now: DAY })).toBe(0);
});

test("what was dropped in the last day is told, though there is room again; what was dropped before is history", () => {
  expect(verdictOf({ ...facts, dropped: [drop(NOW - DAY / 2)] })).toMatchObject({
    level: "warn",
    title: "The disk was full: 1 GiB of the oldest data were dropped in the last day",
  });
  expect(verdictOf({ ...facts, dropped: [drop(NOW - 2 * DAY)] }).level).toBe("good");
});

import { expect, test } from "vitest";
import { verdictOf } from "./verdict.ts";

const GIB = 2 ** 30;
const facts = {
  freeBytes: 50 * GIB,
  minFreeBytes: GIB,
  bytes: 2 * GIB,
  bytesPerDay: GIB,
  daysUntilFull: null,
  settlesAtBytes: 12 * GIB,
};

test("room that outlives what expires is good, and says what storage comes to", () => {
  const { level, detail } = verdictOf(facts);
  expect([level, detail]).toEqual(["good", expect.stringContaining("settles at 12 GiB")]);
});

test("room that ends within a month is a warning, later it is not", () => {
  expect(verdictOf({ ...facts, daysUntilFull: 12.4 })).toMatchObject({ level: "warn", title: "The room lasts for 12 days" });
  expect(verdictOf({ ...facts, daysUntilFull: 200 })).toMatchObject({ level: "good", title: "The room lasts for 200 days" });
  expect(verdictOf({ ...facts, daysUntilFull: 200, settlesAtBytes: null }).detail).toContain("Nothing expires.");
});

test("less than is to be kept free is bad, whatever the pace", () => {
  expect(verdictOf({ ...facts, freeBytes: GIB / 2, bytesPerDay: null }).level).toBe("bad");
});

test("a pace that is not known yet is not guessed", () => {
  expect(verdictOf({ ...facts, bytesPerDay: null, settlesAtBytes: null }).level).toBe("unknown");
});

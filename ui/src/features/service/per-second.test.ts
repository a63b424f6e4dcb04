import { expect, test } from "vitest";
import { perSecond } from "./per-second.ts";

const MINUTE = 60_000;

test("steps that have ended count whole, the one that runs by what of it has passed", () => {
  const hours = { at: [0, 60 * MINUTE, 120 * MINUTE], stepMs: 60 * MINUTE };
  const now = 150 * MINUTE + 3_000;
  expect(perSecond([3_600, null, 3_600], hours, now)).toEqual([1, null, 2]);
  expect(perSecond([3_600, 0, 60], hours, 121 * MINUTE)).toEqual([1, 0, null]); // too little to tell
});

test("a minute counts when it is over and its last rows are readable", () => {
  const minutes = { at: [0, MINUTE], stepMs: MINUTE };
  expect(perSecond([60, 57], minutes, 2 * MINUTE + 2_999)).toEqual([1, null]);
  expect(perSecond([60, 60], minutes, 2 * MINUTE + 3_000)).toEqual([1, 1]);
});

import { expect, test } from "vitest";
import { barsOf, clock, spanOf, stepAt, stepText } from "./histogram-bars.ts";

const at = [0, 1, 2, 3].map((i) => new Date(2026, 2, 1, 10, 0, 15 * i).getTime());
const HISTOGRAM = { at, stepMs: 15_000, calls: [100, 0, 50, 1], failed: [1, 0, 50, 0], isExact: true };

test("the highest bar fills the height, and what is there is seen however little it is", () => {
  expect(barsOf(HISTOGRAM)).toEqual([
    { calls: 1, failed: 0.05 },
    { calls: 0, failed: 0 },
    { calls: 0.5, failed: 0.5 },
    { calls: 0.05, failed: 0 },
  ]);
  expect(barsOf({ calls: [0, 0], failed: [0, 0] }).every(({ calls }) => calls === 0)).toBe(true);
});

test("a place is in one step; a drag is from the one's start to the other's end", () => {
  expect([-0.2, 0, 0.2499, 0.25, 0.999, 1, 7].map((share) => stepAt(share, 4))).toEqual([0, 0, 0, 1, 3, 3, 3]);
  expect(spanOf(HISTOGRAM, 2, 1)).toEqual({ from: at[1], to: (at[2] as number) + 15_000 });
  expect(spanOf(HISTOGRAM, 3, 3)).toEqual({ from: at[3], to: (at[3] as number) + 15_000 });
});

test("a step reads as its time and what it holds", () => {
  expect(stepText(HISTOGRAM, 0)).toBe("10:00:00: 100 calls, 1 failed");
  expect(stepText({ ...HISTOGRAM, isExact: false }, 2)).toBe("10:00:30: about 50 calls, about 50 failed");
  expect(stepText(HISTOGRAM, 3)).toBe("10:00:45: 1 call");
  const of = (stepMs: number) => clock(at[0] as number, { at: [at[0] as number, (at[0] as number) + 60 * stepMs], stepMs });
  expect([of(15_000), of(60_000), of(1_800_000)]).toEqual(["10:00:00", "10:00", "03-01 10:00"]);
});

import { expect, test } from "vitest";
import { sortRows } from "./sort-rows.ts";

test("rows sort either way, and missing values go last both times", () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }];
  const order = ({ v }: { v: number | null }) => v;
  expect(sortRows(rows, order, true).map(order)).toEqual([10, 2, 1, null]);
  expect(sortRows(rows, order, false).map(order)).toEqual([1, 2, 10, null]);
  expect(sortRows(rows, undefined, true)).toBe(rows);
});

import { expect, test } from "vitest";
import { sortRows, threeDigits } from "./sort-rows.ts";

test("rows sort either way, and missing values go last both times", () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }];
  const order = ({ v }: { v: number | null }) => v;
  const sorted = (descending: boolean) => sortRows(rows, order, descending, ({ v }) => String(v)).map(order);
  expect(sorted(true)).toEqual([10, 2, 1, null]);
  expect(sorted(false)).toEqual([1, 2, 10, null]);
  expect(sortRows(rows, undefined, true, String)).toBe(rows);
});

test("rows that nearly equal each other stand by name, whichever is ahead at the moment", () => {
  type Row = { readonly name: string; readonly calls: number | null };
  const names = (...rows: Row[]) =>
    sortRows(
      rows,
      ({ calls }) => threeDigits(calls),
      true,
      ({ name }) => name,
    ).map(({ name }) => name);
  const [idle, none] = [
    { name: "idle", calls: null },
    { name: "none", calls: null },
  ];
  expect(names(none, { name: "reviews", calls: 38_186 }, { name: "details", calls: 38_190 }, idle)).toEqual([
    "details",
    "reviews",
    "idle",
    "none",
  ]);
  expect(names({ name: "reviews", calls: 38_190 }, { name: "details", calls: 38_186 })).toEqual(["details", "reviews"]);
  expect(names({ name: "details", calls: 997 }, { name: "reviews", calls: 998 })).toEqual(["reviews", "details"]);
});

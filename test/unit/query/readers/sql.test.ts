import { expect, test } from "vitest";
import { numbered, sqlBySlices } from "../../../../query/readers/sql.ts";

test("a line with # is there once for each number, a comment as it is", () => {
  const text = "-- c# are columns\nSELECT [\n  sum({c#:Identifier})\n]\nFROM t";
  const summed = "SELECT [\n  sum({c1:Identifier}),\n  sum({c2:Identifier})\n]\nFROM t";
  expect(numbered(text, 2)).toBe(`-- c# are columns\n${summed}`);
});

test("each slice of a window has its part of the text, with its own table and range", () => {
  const slice = (table: string, fromMs: number, toMs: number) => ({ table, fromMs, toMs, rows: 1 });
  const slices = [slice("traffic_hour", 1_000, 2_000), slice("traffic_day", 2_000, 9_000)];
  const { text, params } = sqlBySlices("traffic")({ slices });
  expect(params).toEqual({ table_0: "traffic_hour", from_0: 1, to_0: 2, table_1: "traffic_day", from_1: 2, to_1: 9 });
  const [first = "", second = "", ...more] = text.split("UNION ALL");
  expect(more).toEqual([]);
  expect(first).toMatch(/FROM \{table_0:Identifier\}.*\{from_0:UInt32\}.*toStartOfHour/s);
  expect(second).toMatch(/FROM \{table_1:Identifier\}.*\{to_1:UInt32\}.*toStartOfDay.*GROUP BY/s);
  expect(text).not.toMatch(/\{\{|\{from:/);
});

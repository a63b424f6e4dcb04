import { expect, test } from "vitest";
import { numbered } from "../../../../query/readers/sql.ts";

test("a line with # is there once for each number, a comment as it is", () => {
  const text = "-- c# are columns\nSELECT [\n  sum({c#:Identifier})\n]\nFROM t";
  const summed = "SELECT [\n  sum({c1:Identifier}),\n  sum({c2:Identifier})\n]\nFROM t";
  expect(numbered(text, 2)).toBe(`-- c# are columns\n${summed}`);
});

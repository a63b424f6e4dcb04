import { expect, test } from "vitest";
import { COLUMNS } from "../../../../oap/catalog/columns.ts";
import { sqlByTable } from "../../../../query/readers/sql.ts";
import { SUMMED } from "../../../../query/readers/traffic.ts";

const textOf = (name: string): string => sqlByTable(name, "all-sums")("traffic_minute");

test.each(["entity-steps", "group-traffic"])("%s sums the columns in the catalog's order too", (name) => {
  const [, array = ""] = /sumForEach\(\[([^\]]*)\]/.exec(textOf(name)) ?? [];
  expect([...array.matchAll(/t\.(\w+)/g)].map(([, column]) => column)).toEqual([...COLUMNS]);
});

test("sums that come as one array are read in the order in which they are selected", () => {
  const selected = (name: string) => {
    const [, list = ""] = /sumForEach\(\[([^\]]*)\]\)/.exec(textOf(name)) ?? [];
    return [...list.matchAll(/t\.(\w+)/g)].map(([, column]) => column);
  };
  expect(selected("traffic-sums")).toEqual([...SUMMED]);
  expect(selected("traffic-calls")).toEqual(SUMMED.slice(0, 3));
  expect(selected("entity-steps")).toEqual([...COLUMNS]);
});

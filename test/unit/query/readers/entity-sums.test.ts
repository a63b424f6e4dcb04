import { expect, test } from "vitest";
import { COLUMNS } from "../../../../oap/catalog/columns.ts";
import { sql } from "../../../../query/readers/sql.ts";

test.each(["entity-steps", "group-traffic"])("%s sums the columns in the catalog's order too", (name) => {
  const [, array = ""] = /sumForEach\(\[([^\]]*)\]/.exec(sql(name)) ?? [];
  expect([...array.matchAll(/t\.(\w+)/g)].map(([, column]) => column)).toEqual([...COLUMNS]);
});

test("sums are selected in the order of the catalog's columns, which is how they are read", () => {
  const selected = [...sql("entity-sums").matchAll(/sum\(t\.(\w+)\)/g)].map(([, column]) => column);
  expect(selected).toEqual([...COLUMNS]);
});

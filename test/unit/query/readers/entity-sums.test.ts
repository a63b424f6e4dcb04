import { expect, test } from "vitest";
import { COLUMNS } from "../../../../oap/catalog/columns.ts";
import { sql } from "../../../../query/readers/sql.ts";

test("sums are selected in the order of the catalog's columns, which is how they are read", () => {
  const selected = [...sql("entity-sums").matchAll(/sum\(t\.(\w+)\)/g)].map(([, column]) => column);
  expect(selected).toEqual([...COLUMNS]);
});

import { expect, test } from "vitest";
import { KNOWN } from "../../../../oap/catalog/known.ts";
import { METRICS } from "../../../../oap/catalog/metrics.ts";
import { MENU } from "../../../../query/templates/menu.ts";
import { TEMPLATES } from "../../../../query/templates/templates.ts";

/** Every value under a key, wherever it stands. */
function valuesOf(key: RegExp, of: unknown): unknown[] {
  if (Array.isArray(of)) return of.flatMap((one) => valuesOf(key, one));
  if (typeof of !== "object" || of === null) return [];
  return Object.entries(of).flatMap(([name, value]) => [...(key.test(name) ? [value].flat() : []), ...valuesOf(key, value)]);
}

const dashboards = TEMPLATES.map(({ id, configuration }) => ({ id, configuration: JSON.parse(configuration) }));
const expressions = dashboards.flatMap(({ id, configuration }) =>
  valuesOf(/xpressions?$/, configuration).map((expression) => [id, String(expression)] as const),
);

test("there is a root dashboard for each layer that the menu opens here, and each has a name of its own", () => {
  const roots = dashboards.filter(({ configuration }) => configuration.isRoot).map(({ configuration }) => configuration.layer);
  expect(roots).toEqual(["MESH", "MESH_DP"]);
  const layers = MENU.flatMap(({ subItems }) => subItems.map(({ layer }) => layer));
  expect(layers).toEqual(expect.arrayContaining(roots));
  expect(new Set(dashboards.map(({ id }) => id)).size).toBe(dashboards.length);
});

test("dashboards that others lead to are there", () => {
  const ids = dashboards.map(({ id }) => id);
  const named = dashboards.flatMap(({ configuration }) => valuesOf(/^(dashboardName|linkDashboard|dashboard)$/, configuration));
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((one) => !ids.includes(String(one)))).toEqual([]);
});

test("every metric of every expression is one that is known", () => {
  expect(expressions.length).toBeGreaterThan(90);
  const words = /[a-z_][a-z0-9_]*(?=[^a-z0-9_(]|$)(?!=)/g;
  const names = expressions.flatMap(([, text]) =>
    [...text.replaceAll(/'[^']*'/g, "").matchAll(words)]
      .map(([word]) => word)
      .filter((word) => !["p", "percentile", "des", "asc", "attr0"].includes(word)),
  );
  expect([...new Set(names)].filter((name) => !METRICS.has(name) && !KNOWN.has(name))).toEqual([]);
});

test("nothing lies over something else", () => {
  const overlaps = (
    parts: readonly { x: number; y: number; w: number; h: number; children?: { children: never[] }[] }[],
  ): number =>
    parts.reduce((sum, one, i) => {
      const over = parts
        .slice(i + 1)
        .filter(({ x, y, w, h }) => x < one.x + one.w && one.x < x + w && y < one.y + one.h && one.y < y + h);
      return sum + over.length + (one.children ?? []).reduce((inner, tab) => inner + overlaps(tab.children), 0);
    }, 0);
  expect(dashboards.map(({ configuration }) => overlaps(configuration.children))).toEqual(dashboards.map(() => 0));
});

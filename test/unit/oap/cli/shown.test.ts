import { expect, test } from "vitest";
import { periodOf } from "../../../../oap/cli/period.ts";
import type { Output } from "../../../../oap/cli/query-arguments.ts";
import { type ExpressionAnswer, type Series, shown } from "../../../../oap/cli/shown.ts";
import { sparkline } from "../../../../oap/cli/sparkline.ts";

const MINUTE = 60_000;
const END = Date.parse("2026-03-01T10:18:00Z");

function series(values: readonly (string | null)[], label?: string): Series {
  const at = (i: number): string => String(END - (values.length - i) * MINUTE);
  return {
    metric: { labels: label === undefined ? [] : [{ key: "p", value: label }] },
    values: values.map((value, i) => ({ id: at(i), value })),
  };
}

function show(type: string, results: readonly Series[], output: Output = "table", title = "m  cart"): string {
  const points = results[0]?.values.length ?? 1;
  const period = periodOf({ lastMs: Math.max(1, points) * MINUTE, step: "minute" }, END);
  return shown({ type, error: null, results } satisfies ExpressionAnswer, { title, period, output });
}

test("a series is a table by time with what one looks for below it, and dashes where nothing was seen", () => {
  expect(show("TIME_SERIES_VALUES", [series([null, "12", "3"])])).toBe(`m  cart  2026-03-01 10:15 – 10:17 UTC, by minute

TIME (UTC)        VALUE
2026-03-01 10:15      –
2026-03-01 10:16     12
2026-03-01 10:17      3
────────────────  ─────
min                   3
max                  12
last                  3
`);
});

test("series with labels stand side by side", () => {
  const results = [series(["1", "∞"], "50"), series([null, "100.5"], "99")];
  expect(show("TIME_SERIES_VALUES", results)).toContain(`TIME (UTC)        p=50   p=99
2026-03-01 10:16     1      –
2026-03-01 10:17     ∞  100.5
────────────────  ────  ─────
min                  1  100.5
max                  ∞  100.5
last                 ∞  100.5
`);
});

test("a sparkline is a line for each series", () => {
  const results = [series(["0", "7", null, "NaN"], "50"), series(["5", "5", "5", "5"], "99")];
  expect(show("TIME_SERIES_VALUES", results, "sparkline")).toContain(
    "\n\np=50  ▁█–?  min  0  max  7  last  NaN\np=99  ▅▅▅▅  min  5  max  5  last    5\n",
  );
  expect(show("TIME_SERIES_VALUES", [series([null, null])], "sparkline")).toContain("\n\n––  min  –  max  –  last  –\n");
});

test("blocks go from the lowest to the highest value, and infinity is as high as they go", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([10, 17, Number.POSITIVE_INFINITY, null, 0])).toBe("▅██–▁");
  expect(sparkline([0, 0])).toBe("▁▁");
  expect(sparkline([-3, -1, Number.NEGATIVE_INFINITY])).toBe("▁█▁");
});

test("a list is ranked, a single value stands alone, and several have their labels", () => {
  const top: Series = {
    metric: { labels: [] },
    values: [
      { id: "shop - GET:/b", value: "1800" },
      { id: "shop - GET:/a", value: "15" },
    ],
  };
  expect(show("SORTED_LIST", [top])).toContain("\n\n#  VALUE  NAME\n1   1800  shop - GET:/b\n2     15  shop - GET:/a\n");
  const one = (value: string | null, label?: string): Series => ({ ...series([], label), values: [{ id: null, value }] });
  expect(show("SINGLE_VALUE", [one("47")])).toMatch(/\n\n47\n$/);
  expect(show("SINGLE_VALUE", [one(null)])).toMatch(/\n\n–\n$/);
  expect(show("SINGLE_VALUE", [one("1", "50"), one("20", "99")])).toMatch(/\n\nLABELS {2}VALUE\np=50 {8}1\np=99 {7}20\n$/);
  expect(show("TIME_SERIES_VALUES", [])).toMatch(/\n\nno values\n$/);
});

test("JSON is the answer as it came", () => {
  const results = [series([null, "1"])];
  expect(JSON.parse(show("TIME_SERIES_VALUES", results, "json"))).toEqual({ type: "TIME_SERIES_VALUES", error: null, results });
});

test("names cannot move the cursor of a terminal", () => {
  const list: Series = { metric: { labels: [] }, values: [{ id: "a\u001b[2Jb\u009bc\u202ed", value: "1" }] };
  expect(show("SORTED_LIST", [list], "table", "x\u001b]0;t\u0007")).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  const json = show("SORTED_LIST", [list], "json");
  expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(JSON.parse(json).results).toEqual([list]);
});

import { expect, test } from "vitest";
import { decodeSearch, decodeSort, decodeWindow, encodeSort, encodeWindow, logWindow, resolveWindow } from "./url-state.ts";

test("a window survives its way through the address", () => {
  for (const text of ["5", "30", "1440", "1772360100000-1772360160000"]) expect(encodeWindow(decodeWindow(text))).toBe(text);
  expect(encodeWindow(decodeWindow(undefined))).toBeUndefined();
  expect(encodeWindow(decodeWindow("15"))).toBeUndefined();
});

test("what is no window is the default one", () => {
  for (const text of ["", "0", "-5", "x", "9999999", "1772360160000-1772360100000", "1-2", "1000000000000-9000000000000"]) {
    expect(decodeWindow(text)).toEqual({ lastMinutes: 15, from: null, to: null });
  }
});

test("a running window ends with the current minute, a fixed one stays", () => {
  const now = Date.UTC(2026, 2, 1, 10, 16, 30);
  expect(resolveWindow(decodeWindow("5"), now)).toEqual({ from: Date.UTC(2026, 2, 1, 10, 12), to: Date.UTC(2026, 2, 1, 10, 17) });
  expect(resolveWindow(decodeWindow("1772360100000-1772360160000"), now)).toEqual({
    from: 1_772_360_100_000,
    to: 1_772_360_160_000,
  });
});

test("search parameters that are not understood are left out", () => {
  expect(decodeSearch({ t: 30, q: "cart", view: "table", other: 1, id: "YQ==.1" })).toEqual({
    t: "30",
    q: "cart",
    view: "table",
    id: "YQ==.1",
    sort: undefined,
    edge: undefined,
    around: undefined,
    hops: undefined,
    f: undefined,
    req: undefined,
    by: undefined,
  }); // prettier-ignore
  expect([3, "10", "11", "0", "x"].map((hops) => decodeSearch({ hops }).hops)).toEqual([
    "3",
    "10",
    undefined,
    undefined,
    undefined,
  ]);
  expect(decodeSearch({ t: "nonsense", view: "cloud", q: "" })).toMatchObject({ t: undefined, view: undefined, q: undefined });
});

test("a filter of the access log, a row, a request and a grouping are taken as they are, an unknown grouping and a row that is none are not", () => {
  const search = { f: "path:/a;code:5xx", row: "1772360100000.125-1k2j3h-2", req: "5f3c.1", by: "edge" } as const;
  expect(decodeSearch(search)).toMatchObject(search);
  expect(decodeSearch({ by: "mood", row: "first", f: "x".repeat(5_000) })).toMatchObject({
    by: undefined,
    row: undefined,
    f: "x".repeat(4_000),
  });
});

test("access logs are asked for the newest 31 days of a longer window", () => {
  const DAY = 86_400_000;
  expect(logWindow({ from: 0, to: 31 * DAY })).toEqual({ from: 0, to: 31 * DAY, isCut: false });
  expect(logWindow({ from: 0, to: 90 * DAY })).toEqual({ from: 59 * DAY, to: 90 * DAY, isCut: true });
});

test("sorting survives its way, and an unknown column falls back", () => {
  const fallback = { column: "calls", descending: true };
  for (const sort of [
    { column: "p95", descending: true },
    { column: "name", descending: false },
  ]) {
    expect(decodeSort(encodeSort(sort), ["name", "p95"], fallback)).toEqual(sort);
  }
  expect(decodeSort("-nothing", ["name"], fallback)).toEqual(fallback);
});

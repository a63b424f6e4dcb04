import { expect, test } from "vitest";
import { decodeSearch, decodeSort, decodeWindow, encodeSort, encodeWindow, resolveWindow } from "./url-state.ts";

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
  }); // prettier-ignore
  expect(decodeSearch({ t: "nonsense", view: "cloud", q: "" })).toMatchObject({ t: undefined, view: undefined, q: undefined });
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

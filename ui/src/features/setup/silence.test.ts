import { expect, test } from "vitest";
import { type Reporting, silenceOf } from "./silence.ts";

const NOW = Date.UTC(2026, 2, 1, 10);
const proxy = (streams: number, secondsAgo: number | null): Reporting["proxies"][number] => ({
  streams,
  lastEntry: secondsAgo === null ? null : NOW - secondsAgo * 1_000,
});
const said = (proxies: Reporting["proxies"], reportsDurable = 100, otherNodes: number | null = 0): string | null =>
  silenceOf({ now: NOW, proxies, server: { reportsDurable }, otherNodes });

test("while one of the proxies reports, nothing is said", () => {
  expect(said([proxy(1, 5), proxy(0, 500)])).toBeNull();
  expect(said([proxy(1, 120), proxy(1, null)])).toBeNull();
});

test("where there never was a report, nothing is said: Setup tells how to connect a proxy", () => {
  expect(said([], 0)).toBeNull();
  expect(said([proxy(1, null)], 0)).toBeNull();
});

test("all proxies gone, no report for more than two minutes, and proxies that the server has forgotten are said", () => {
  expect(said([proxy(0, 180), proxy(0, 200)])).toBe("The last report came 3 min ago: 2 of 2 proxies are gone.");
  expect(said([proxy(0, 10)])).toBe("The last report came 10 s ago: 1 of 1 proxies are gone.");
  expect(said([proxy(1, 121), proxy(0, 300)])).toBe("The last report came 2 min ago: 1 of 2 proxies are gone.");
  expect(said([proxy(1, 600), proxy(1, null)])).toBe("The last report came 10 min ago: 2 proxies are connected.");
  expect(said([proxy(0, null)])).toBe("None of the proxies here has reported: 1 of 1 proxies are gone.");
  expect(said([])).toBe("No proxy reports to this server any more.");
});

test("while another server takes in reports, silence here is no silence of the mesh", () => {
  expect(said([proxy(0, 600)], 100, 1)).toBeNull();
  expect(said([proxy(0, 600)], 100, null)).not.toBeNull();
});

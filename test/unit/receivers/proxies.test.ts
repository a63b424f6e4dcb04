import { expect, test } from "vitest";
import { Proxies } from "../../../receivers/proxies.ts";
import { PROXIES_MAX } from "../../builders/limits.ts";

const START = Date.parse("2026-03-01T10:00:00Z");

function proxiesAt(start: number) {
  const clock = { time: start, now: () => clock.time };
  return { clock, proxies: new Proxies(clock, PROXIES_MAX) };
}

test("a rate is that of the whole seconds before this one, and fades when entries stop", () => {
  const { clock, proxies } = proxiesAt(START);
  const proxy = proxies.connected("a");
  const rate = (): number | undefined => proxies.snapshot()[0]?.entriesPerSecond;
  for (let second = 0; second < 30; second++) {
    clock.time = START + second * 1_000;
    for (let i = 0; i < 5; i++) proxy.received(4, clock.time + i * 100);
    if (second > 0) expect(rate()).toBe(20);
  }
  clock.time = START + 34_000;
  expect(rate()).toBeCloseTo((20 * 5) / 9);
  clock.time = START + 60_000;
  expect(rate()).toBe(0);
  expect(proxies.snapshot()).toMatchObject([{ entriesTotal: 600, lastEntry: START + 29_400 }]);
});

test("a proxy without streams stays listed for ten minutes, and one that comes back is the same", () => {
  const { clock, proxies } = proxiesAt(START);
  const first = proxies.connected("a");
  proxies.connected("a");
  proxies.disconnected(first);
  expect(proxies.snapshot()).toMatchObject([{ streams: 1 }]);
  proxies.disconnected(first);
  clock.time += 9 * 60_000;
  expect(proxies.snapshot()).toMatchObject([{ streams: 0, since: START }]);
  proxies.disconnected(proxies.connected("a"));
  clock.time += 9 * 60_000;
  expect(proxies.snapshot()).toMatchObject([{ since: START }]);
  clock.time += 2 * 60_000;
  expect(proxies.snapshot()).toEqual([]);
});

test("beyond the bound those that are gone make room first, and it is counted", () => {
  const { proxies } = proxiesAt(START);
  for (let i = 0; i < 9_999; i++) proxies.connected(`node-${i}`);
  proxies.disconnected(proxies.connected("gone"));
  expect(proxies.evictions).toBe(0);
  proxies.connected("new");
  const nodes = proxies.snapshot().map(({ node }) => node);
  expect([proxies.evictions, nodes.length, nodes.includes("gone"), nodes.includes("node-0")]).toEqual([1, 10_000, false, true]);
});

test("a proxy says why nothing came of it", () => {
  const { proxies } = proxiesAt(START);
  const proxy = proxies.connected("a");
  const reason = (): string | null | undefined => proxies.snapshot()[0]?.reason;
  expect(reason()).toContain("no entry yet");
  proxy.received(3, START);
  expect(reason()).toContain("intermediate");
  proxy.reports = 1;
  expect(reason()).toBeNull();
});

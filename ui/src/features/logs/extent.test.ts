import { expect, test } from "vitest";
import type { PhaseName } from "../../lib/mesh-log-types.ts";
import { howItEnded, spanOf } from "./extent.ts";

test("a call ended with its last byte, with an answer of its proxy, or not at all", () => {
  const phases = [{ name: "RESPONSE" as PhaseName, from: 400, to: 500 }];
  expect(howItEnded({ duration: 12, code: 200, phases })).toBe("took 12 ms");
  expect(howItEnded({ duration: null, code: 504, phases })).toBe("answered by the proxy itself after 500 ms");
  expect(howItEnded({ duration: null, code: null, phases })).toBe("not ended after 500 ms");
});

test("what a caller's proxy timed begins when it sent the request on", () => {
  const phases = [{ name: "CONNECT" as PhaseName, from: 0, to: 3 }];
  const log = { time: 1_000, duration: 10, phases, detectPoint: "client" };
  expect(spanOf(log)).toEqual({ from: 1_003, to: 1_013 });
  expect(spanOf({ ...log, detectPoint: "server" })).toEqual({ from: 1_000, to: 1_010 });
  expect(spanOf({ ...log, duration: null })).toEqual({ from: 1_000, to: 1_003 });
});

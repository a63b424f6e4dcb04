import { expect, test } from "vitest";
import type { PhaseName } from "../../lib/mesh-log-types.ts";
import { howItEnded } from "./extent.ts";

test("a call ended with its last byte, with an answer of its proxy, or not at all", () => {
  const phases = [{ name: "RESPONSE" as PhaseName, from: 400, to: 500 }];
  expect(howItEnded({ duration: 12, code: 200, phases })).toBe("took 12 ms");
  expect(howItEnded({ duration: null, code: 504, phases })).toBe("answered by the proxy itself after 500 ms");
  expect(howItEnded({ duration: null, code: null, phases })).toBe("not ended after 500 ms");
});

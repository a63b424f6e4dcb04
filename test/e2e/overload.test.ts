import { test, vi } from "vitest";
import { expectFairOverload } from "../harness/overload.ts";

vi.setConfig({ testTimeout: 120_000 });

test("one service sends more than can be taken by two ingest processes: it is held back, memory stays bounded, the others' calls are counted meanwhile", () =>
  expectFairOverload(2));

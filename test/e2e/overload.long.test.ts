import { test } from "vitest";
import { expectFairOverload } from "../harness/overload.ts";

test("one service sends more than can be taken by one ingest process: it is held back, memory stays bounded, the others' calls are counted meanwhile", () =>
  expectFairOverload(1));

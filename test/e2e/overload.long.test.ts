import { test } from "vitest";
import { expectFairOverload } from "../harness/overload.ts";

test.for([1, 2])(
  "one service sends more than can be taken by %d ingest processes: it is held back, memory stays bounded, the others' calls are counted meanwhile",
  (processes) => expectFairOverload(processes),
);

import { test } from "vitest";
import { fuzzDecoders } from "./fuzz-decoders.ts";

const DURATION_MS = 600_000;
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_124);

test("ten minutes of spoilt messages and peers throw nothing, hang nothing, and every entry is accounted for", async () => {
  await fuzzDecoders(DURATION_MS, SEED);
});

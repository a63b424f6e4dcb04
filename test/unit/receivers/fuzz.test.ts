import { test } from "vitest";
import { fuzzDecoders } from "./fuzz-decoders.ts";

const DURATION_MS = Number(process.env["FUZZ_MS"] ?? 15_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_124);

test("spoilt messages and peers throw nothing, hang nothing, and every entry is accounted for", {
  timeout: DURATION_MS + 30_000,
}, async () => {
  await fuzzDecoders(DURATION_MS, SEED);
});

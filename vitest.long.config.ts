import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The tests that take minutes. */
const long = mergeConfig(
  base,
  defineConfig({ test: { maxWorkers: 2, testTimeout: 1_800_000, hookTimeout: 120_000, passWithNoTests: true } }),
);
export default { ...long, test: { ...long.test, include: ["test/**/*.long.test.ts"], exclude: [] } };

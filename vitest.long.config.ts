import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** The tests that take minutes. */
export default defineConfig({
  test: {
    ...shared,
    include: ["test/**/*.long.test.ts"],
    maxWorkers: 2,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
  },
});

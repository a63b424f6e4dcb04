import { defineConfig } from "vitest/config";

/** Tests run in forked processes, through Node's own type stripping, as production does. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "ui/src/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts"],
    pool: "forks",
    maxWorkers: 3, // tests of whole processes mostly wait for time to pass; with four some wait too long
    experimental: { viteModuleRunner: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "json"],
    outputFile: { json: ".cache/test-report.json" },
  },
});

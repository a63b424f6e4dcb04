import { defineConfig } from "vitest/config";
import type { InlineConfig } from "vitest/node";

/** Tests run in forked processes, through Node's own type stripping, as production does. */
export const shared = {
  pool: "forks",
  maxWorkers: 3, // tests of whole processes mostly wait for time to pass; with four some wait too long
  experimental: { viteModuleRunner: false },
  testTimeout: 60_000,
  hookTimeout: 60_000,
  reporters: ["default", "json"],
  outputFile: { json: ".cache/test-report.json" },
} satisfies InlineConfig;

const LONG = "test/**/*.long.test.ts";
/** These change nothing of the process they run in: a worker keeps what it imported, which takes longer than most of them. Not those that take calls in: a
 *  process that has grown above its bound, by what ran in it before, pauses its streams. */
const PLAIN = [
  "test/unit/{bench,docs,oap,query}/**/*.test.ts",
  "test/conformance/query-!(clients|cluster).test.ts",
  "ui/src/**/*.test.ts",
];

export default defineConfig({
  test: {
    ...shared,
    projects: [
      { extends: true, test: { name: "plain", include: PLAIN, exclude: [LONG], isolate: false } },
      { extends: true, test: { name: "own process", include: ["test/**/*.test.ts"], exclude: [LONG, ...PLAIN] } },
    ],
  },
});

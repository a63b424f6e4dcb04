import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PLANTED = `${ROOT}oap/analysis/planted-import.ts`;

afterEach(() => rmSync(PLANTED, { force: true }));

test("the import check finds imports that are not allowed, and no others", () => {
  writeFileSync(
    PLANTED,
    'import { Engine } from "../storage/engine.ts";\nimport { readFileSync } from "node:fs";\nexport const planted = [Engine, readFileSync];\n',
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ["oap/start/imports.mjs"], { cwd: ROOT, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stdout).toMatch(/, 2 violations$/m);
  expect(stderr).toContain("analysis-knows-no-storage: oap/analysis/planted-import.ts");
  expect(stderr).toContain("analysis-does-no-io: oap/analysis/planted-import.ts");
});

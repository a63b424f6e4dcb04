import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDir } from "../../../../oap/demo/temporary.ts";

test("a demo removes what a killed one left behind, and nothing of one that runs", () => {
  const parent = mkdtempSync(join(tmpdir(), "sidelight-temporary-"));
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  mkdirSync(join(parent, `sidelight-demo-${gone}-abc`, "clickhouse"), { recursive: true });
  mkdirSync(join(parent, "sidelight-demo-notes"));
  const first = temporaryDir(parent);
  const second = temporaryDir(parent);
  expect(readdirSync(parent).sort()).toEqual([basename(first), basename(second), "sidelight-demo-notes"].sort());
  rmSync(parent, { recursive: true });
});

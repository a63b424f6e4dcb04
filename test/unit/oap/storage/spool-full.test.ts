import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Delta } from "../../../../oap/model/batch.ts";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../../../oap/storage/spool-writer.ts";

const clock = { now: () => 1_772_360_160_000 };
const ENTRIES = 10;

/** A file system of one MiB in memory; null where this user may not mount one. */
function smallDisk(): string | null {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", dir], { stdio: "ignore" });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

function delta(i: number): Delta {
  const values = [`row ${i} `.padEnd(50_000, "x")];
  return { entries: ENTRIES, blocks: [{ table: "one", rows: 1, columns: [{ name: "text", type: "String", values }] }] };
}

test("a full disk refuses hand-overs, one by one; what it took is whole, and it takes again when there is room", async ({
  skip,
}) => {
  const disk = smallDisk();
  if (disk === null) {
    console.warn("NOT TESTED: the spool on a full disk. Mounting a small tmpfs needs root.");
    skip();
    return;
  }
  try {
    const ballast = join(disk, "ballast");
    const { bsize, bavail } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bsize * bavail - 300_000));
    const writer = await SpoolWriter.open({ dir: join(disk, "spool"), part: "p" }, clock);
    const taken: number[] = [];
    const refused: number[] = [];
    const append = (i: number): Promise<unknown> =>
      writer.append(delta(i)).then(
        () => taken.push(i),
        () => refused.push(i),
      );
    for (let i = 0; i < 12; i++) await append(i);
    expect(taken.length).toBeGreaterThan(2);
    expect(refused.length).toBeGreaterThan(2);
    rmSync(ballast);
    for (let i = 12; i < 16; i++) await append(i);
    expect(taken.slice(-4)).toEqual([12, 13, 14, 15]);
    await writer.close();
    expect(writer.stats.entriesDurable).toBe(taken.length * ENTRIES);
    const reader = new SpoolReader(join(disk, "spool"), 50);
    const found: number[] = [];
    for (const batch of await reader.list()) {
      const { tables, damaged } = await reader.read(batch);
      expect(damaged).toBe(0);
      for (const { native } of tables) {
        for (const [, i] of native.toString("latin1").matchAll(/row (\d+) x/g)) found.push(Number(i));
      }
    }
    expect(found).toEqual(taken);
  } finally {
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
});

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("../../harness/garbage.ts", import.meta.url));
/** Per 100,000 entries with a young generation of 1 MiB; an object of ten words per entry makes about nine. */
const SCAVENGES_MAX = 3;

function scavenges(objectsPerEntry: number): number {
  const flags = ["--min-semi-space-size=1", "--max-semi-space-size=1"];
  const out = execFileSync(process.execPath, [...flags, CHILD, String(objectsPerEntry)], { encoding: "utf8" });
  return (JSON.parse(out) as { scavenges: number }).scavenges;
}

test("an entry with known names leaves no garbage on its way into slots; one object each would be seen", () => {
  expect(scavenges(0)).toBeLessThanOrEqual(SCAVENGES_MAX);
  expect(scavenges(1)).toBeGreaterThan(SCAVENGES_MAX + 3);
});

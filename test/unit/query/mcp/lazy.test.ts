/** Memory of the main process at rest is a promise: what only an assistant needs is loaded when one comes. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Packages that come in with a file, at once: imports of types and `import()` do not. */
function packagesOf(file: URL, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file.href)) return packages;
  seen.add(file.href);
  const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm);
  for (const [, name = ""] of imports) {
    if (name.startsWith(".")) for (const one of packagesOf(new URL(name, file), seen)) packages.add(one);
    else packages.add(name);
  }
  return packages;
}

const of = (path: string): Set<string> => packagesOf(new URL(`../../../../query/${path}`, import.meta.url));

test("the library of the protocol comes in with the first request only", () => {
  expect(of("mcp/server.ts")).toContain("@modelcontextprotocol/server");
  expect(of("server.ts")).toContain("graphql-yoga");
  for (const name of of("server.ts")) expect(name).not.toMatch(/^(@modelcontextprotocol|zod)/);
});

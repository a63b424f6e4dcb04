// Who may import whom: runs dependency-cruiser with .dependency-cruiser.mjs over all folders (or those given), and fails as well
// when it looked at fewer modules than there are: a parser that reads nothing finds no fault.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import config from "../../.dependency-cruiser.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
process.chdir(ROOT);
const folders = ["oap", "receivers", "query", "ui/src", "test"];
const isModule = (name) => /\.(ts|tsx|mjs)$/.test(name) && !name.endsWith(".d.ts");
const exist = folders
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .filter(isModule); // prettier-ignore

const { output } = await cruise(exist, { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true });
const cruised = new Set(output.modules.map(({ source }) => source));
const missed = exist.filter((path) => !cruised.has(path));
const linked = output.modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
for (const { from, to, rule } of output.summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
for (const path of missed) console.error(`not looked at: ${path}`);
if (linked < exist.length)
  console.error(`only ${linked} imports found in ${exist.length} modules: the parser does not read them`);
console.log(`${cruised.size} modules, ${linked} imports, ${output.summary.violations.length} violations`);
if (output.summary.violations.length > 0 || missed.length > 0 || linked < exist.length) process.exitCode = 1;

/** Makes oap/docs/settings.md from the schema: `node oap/config/reference.ts`. */
import { writeFileSync } from "node:fs";
import { type Key, SCHEMA, variableOf } from "./schema.ts";

export function settingsPage(): string {
  const rows = (Object.keys(SCHEMA) as Key[]).map((key) => {
    const setting = SCHEMA[key];
    const text =
      "defaultText" in setting && setting.defaultText !== undefined ? setting.defaultText : JSON.stringify(setting.default);
    const shown = text === "null" ? "not set" : `\`${text.replaceAll("|", "\\|")}\``;
    return `| \`${key}\` | \`${variableOf(key)}\` | ${shown} | ${setting.help} |`;
  });
  return `# Settings

Made from \`oap/config/schema.ts\`. A setting is read from the environment, else from the YAML file that \`OAP_CONFIG\` names (default
\`./sidelight.yaml\` when it is there), keys nested or dotted. Durations are in milliseconds, sizes in bytes. An unknown key or variable, a wrong
type or an impossible value stops the start with exit code 78 and names the key.

| key | variable | default | meaning |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

if (import.meta.main) writeFileSync(new URL("../docs/settings.md", import.meta.url), settingsPage());

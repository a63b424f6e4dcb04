/** oap/docs/query-protocol.md as data. */
import { readFileSync } from "node:fs";

export interface DocumentedOperation {
  readonly section: string;
  readonly name: string;
  readonly answer: string;
}

export function documentedOperations(): DocumentedOperation[] {
  const text = readFileSync(new URL("../../oap/docs/query-protocol.md", import.meta.url), "utf8");
  return text.split(/^## /m).flatMap((part) => {
    const section = part.slice(0, part.indexOf("\n")).trim();
    const rows = part.matchAll(/^\| (\w+) \| (data|empty|refused) \|/gm);
    return [...rows].map(([, name = "", answer = ""]) => ({ section, name, answer }));
  });
}

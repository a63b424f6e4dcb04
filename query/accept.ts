/** What a client wants to read, of what can be answered. */
import type { IncomingMessage } from "node:http";

export type Format = "json" | "yaml" | "text";

const FORMATS: Readonly<Record<string, Format>> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "application/x-yaml": "yaml",
  "text/yaml": "yaml",
  "text/plain": "text",
};

/** The first of the types in Accept that is one of `offered`, whose first is for all who do not mind. A GET that calls its own type JSON wants
 *  JSON, too: clients of older versions ask so. */
export function formatOf({ headers }: IncomingMessage, ...offered: readonly [Format, ...Format[]]): Format {
  const types = [...(headers.accept ?? "").split(","), headers["content-type"] ?? ""];
  const wanted = types.map((one) => FORMATS[one.split(";")[0]?.trim().toLowerCase() ?? ""]);
  return wanted.find((one) => one !== undefined && offered.includes(one)) ?? offered[0];
}

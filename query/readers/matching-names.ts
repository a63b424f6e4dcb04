import type { SqlReader } from "../../oap/model/ports.ts";
import { sql } from "./sql.ts";

const SQL = sql("matching-names");
/** Parameters travel in the address of a request, which ClickHouse takes up to 1 MiB of. */
const NAMES_PER_STATEMENT = 500;

/** Those of the names that an RE2 pattern matches as a whole. @throws StorageError, with CANNOT_COMPILE_REGEXP for what is no pattern */
export async function matchingNames(reader: SqlReader, pattern: string, names: readonly string[]): Promise<Set<string>> {
  const count = Math.max(1, Math.ceil(names.length / NAMES_PER_STATEMENT)); // of no names, too: the pattern may be none
  const chunks = Array.from({ length: count }, (_, i) => names.slice(i * NAMES_PER_STATEMENT, (i + 1) * NAMES_PER_STATEMENT));
  const read = await Promise.all(
    chunks.map((chunk) => reader.query<{ name: string }>(SQL, { names: chunk, pattern: `^(?s:${pattern})$` })),
  );
  return new Set(read.flat().map(({ name }) => name));
}

export const CANNOT_COMPILE_REGEXP = 427;

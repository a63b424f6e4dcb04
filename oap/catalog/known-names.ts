/** How lists of known names are written. */
import type { Scope } from "./columns.ts";

export type KnownScope = Scope | "endpoint_relation" | "process" | "process_relation";

/** Each prefix with each of the names, which are separated by white space. */
export interface KnownNames {
  readonly scope: KnownScope;
  readonly prefixes: readonly string[];
  readonly names: string;
}

import type { SqlReader } from "../../oap/model/ports.ts";
import { sql } from "./sql.ts";

export interface EndpointDependency {
  /** 1: it called the endpoint; 0: the endpoint called it. */
  readonly upstream: 0 | 1;
  readonly service: string;
  readonly endpoint: string;
}

const DEPENDENCIES = sql("endpoint-dependencies");
/** Access logs older than this are gone, whatever is set. */
const LONGEST_MS = 366 * 86_400_000;

/** Neighbours of one endpoint, both ways. */
export async function readEndpointDependencies(
  reader: SqlReader,
  { service, name }: { readonly service: string; readonly name: string },
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<EndpointDependency[]> {
  const from = Math.max(fromMs, toMs - LONGEST_MS) * 1_000;
  return await reader.query<EndpointDependency>(DEPENDENCIES, { service, endpoint: name, from, to: toMs * 1_000 });
}

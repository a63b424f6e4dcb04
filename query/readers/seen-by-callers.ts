/** What the callers of services saw of them: a service that nobody can reach looks well to itself. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { sqlBySlices } from "./sql.ts";

export interface SeenByCallers {
  readonly calls: number;
  readonly failed: number;
}

const SEEN = sqlBySlices("seen-by-callers");

/** By name of the called service. */
export async function readSeenByCallers(reader: SqlReader, window: MeshWindow): Promise<Map<string, SeenByCallers>> {
  const { text, params } = SEEN(window);
  const rows = await reader.query<SeenByCallers & { service: string }>(text, params);
  return new Map(rows.map((row) => [row.service, row]));
}

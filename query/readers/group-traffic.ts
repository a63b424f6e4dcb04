/** A group of services over one window, from their merged columns. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { named } from "./entity-rows.ts";
import { sqlBySlices } from "./sql.ts";
import { type TrafficNumbers, trafficNumbers } from "./traffic.ts";

const SQL = sqlBySlices("group-traffic", "all-sums", "buckets");

/** null: nothing was seen of any of them. */
export async function readGroupTraffic(
  reader: SqlReader,
  services: readonly { readonly service: string; readonly normal: boolean }[],
  window: MeshWindow,
): Promise<TrafficNumbers | null> {
  if (services.length === 0) return null;
  const { text, params } = SQL(window);
  const [row] = await reader.query<{ sums: number[]; buckets: number[] }>(text, {
    ...params,
    services: services.map(({ service }) => service),
    normals: services.map(({ normal }) => (normal ? 1 : 0)),
  });
  if (row === undefined || row.sums.length === 0) return null;
  return trafficNumbers({ sums: named(row.sums), buckets: row.buckets });
}

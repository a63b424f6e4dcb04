/** Nodes that share this storage. They do not talk with each other: one knows of another by what it handed over. */
import type { Clock, SqlReader } from "../../oap/model/ports.ts";
import { seconds, sql } from "./sql.ts";

const NODES = sql("nodes");
/** A node without traffic hands nothing over; one that has some does so every few seconds. */
const SILENT_MAX_MS = 90_000;

export async function readNodes(reader: SqlReader, clock: Clock): Promise<string[]> {
  const { from: since } = seconds({ fromMs: clock.now() - SILENT_MAX_MS, toMs: clock.now() });
  return (await reader.query<{ node: string }>(NODES, { since })).map(({ node }) => node);
}

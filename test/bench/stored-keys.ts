/** What the product's own ClickHouse holds of a bench run, asked of it directly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HISTOGRAM_COLUMN } from "../../oap/catalog/columns.ts";
import { childrenOf } from "../harness/children.ts";
import type { RunningProcess } from "../harness/process.ts";

/** The lines of the answer, split at tabs. */
export async function askClickHouse({ dir, child }: RunningProcess, body: string): Promise<string[][]> {
  const password = /<sidelight><password>([^<]+)</.exec(readFileSync(join(dir, "clickhouse", "config.xml"), "utf8"))?.[1] ?? "";
  const main = childrenOf(child.pid as number, "main.ts")[0] as number;
  const clickhouse = childrenOf(main, "embedded-process")[0] as number;
  const port = /"httpPort":(\d+)/.exec(readFileSync(`/proc/${clickhouse}/cmdline`, "utf8"))?.[1];
  const headers = { "X-ClickHouse-User": "sidelight", "X-ClickHouse-Key": password };
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
}

/** @throws Error unless every scope has its keys, each with a plausible share, and the scope's calls and histograms sum to what was sent. */
export async function checkStored(
  oap: RunningProcess,
  expected: Record<string, { keys: number; least: number; most: number }>,
  rounds: number,
  perRound: number,
): Promise<void> {
  const keys = "scope, service, instance, endpoint, dest_service, detect_point";
  const rows = await askClickHouse(
    oap,
    `SELECT scope, count(), min(calls), max(calls), sum(calls), sum(timed) FROM (
       SELECT ${keys}, sum(calls) AS calls, sum(arraySum(mapValues(${HISTOGRAM_COLUMN}))) AS timed
       FROM sidelight.traffic_minute WHERE scope != 'instance_relation' GROUP BY ${keys}
     ) GROUP BY scope FORMAT TSV`,
  );
  for (const [scope, { keys: count, least, most }] of Object.entries(expected)) {
    const found = rows
      .find(([one]) => one === scope)
      ?.slice(1)
      .map(Number);
    const wanted = [count, least * rounds, most * rounds, perRound * rounds, perRound * rounds];
    if (String(found) !== String(wanted)) throw new Error(`${scope}: ${found} is stored, not ${wanted}`);
  }
}

/** What the product's own ClickHouse holds of a bench run, asked of it directly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HISTOGRAM_COLUMN, SCOPES } from "../../oap/catalog/columns.ts";
import { childrenOf } from "../harness/children.ts";
import type { RunningProcess } from "../harness/process.ts";
import type { Load } from "./load.ts";

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

/** @throws Error unless the calls and the histogram of every service, instance, endpoint and edge add up to what was sent. */
export async function checkStored(oap: RunningProcess, { calls }: Load, rounds: number): Promise<void> {
  const keys = "scope, service, instance, endpoint, dest_service, dest_instance, detect_point";
  const rows = await askClickHouse(
    oap,
    `SELECT ${keys}, sum(calls), sum(arraySum(mapValues(${HISTOGRAM_COLUMN})))
     FROM sidelight.traffic_minute WHERE scope != 'instance_relation' GROUP BY ${keys} FORMAT TSV`,
  );
  const expected = SCOPES.filter((scope) => scope !== "instance_relation").flatMap((scope) =>
    [...calls[scope]].map(([key, count]) => [`${scope} ${key}`, count * rounds] as const),
  );
  if (rows.length !== expected.length) throw new Error(`${rows.length} entities are stored, not ${expected.length}`);
  const stored = new Map(
    rows.map((row) => {
      const key = row
        .slice(0, -2)
        .filter((part) => part !== "")
        .join(" ");
      return [key, row.slice(-2).map(Number)];
    }),
  );
  for (const [key, count] of expected) {
    const [found, timed] = stored.get(key) ?? [];
    if (found !== count || timed !== count)
      throw new Error(`${key}: ${found} calls and ${timed} latencies are stored, not ${count}`);
  }
}

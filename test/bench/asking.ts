/** Questions over HTTP to the product's query server on the data set of data-set.ts, one at a time. Wall-clock times need an idle machine; CPU
 *  is that of ClickHouse and of the server for one answer. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Engine } from "../../oap/storage/engine.ts";
import { DATA_END_MS, openDataSet } from "./data-set.ts";
import { cpuSecondsOf } from "./process-tree.ts";
import type { BenchServer } from "./query-server.ts";

export const RUNS = 40;
const WARM_UP = 5;

export interface Question {
  readonly what: string;
  /** p95, ms; null where none was set. */
  readonly target: number | null;
  /** How often it is asked; RUNS when not said. */
  readonly runs?: number;
  /** Of the run's number, so that runs differ as users' questions do. */
  readonly document: (run: number) => { readonly query: string; readonly variables: object };
  /** How much came back: an empty answer is no result. */
  readonly size: (data: never) => number;
}

export interface ReaderResult {
  readonly what: string;
  readonly target: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The first answer of a server that was just started, its caches cold; the files may be in the page cache. */
  readonly firstMs: number;
  readonly clickhouseCpuMs: number;
  readonly serverCpuMs: number;
  readonly size: number;
}

/** @throws when a question fails or finds nothing. */
export async function askAll(
  make: (engine: Engine) => Promise<readonly Question[]>,
  say: (text: string) => void,
): Promise<ReaderResult[]> {
  const clickhouse = await openDataSet(say);
  const { url, username, password } = clickhouse.embedded.connection;
  const server = fork(new URL("./query-server.ts", import.meta.url), [
    JSON.stringify({ url, username, password, nowMs: DATA_END_MS } satisfies BenchServer),
  ]);
  try {
    const [port] = (await once(server, "message")) as [number];
    const results: ReaderResult[] = [];
    for (const question of await make(clickhouse.engine)) {
      const result = await measure(question, port, server.pid as number, clickhouse.embedded.pid as number);
      say(rowOf(result).join(" | "));
      results.push(result);
    }
    return results;
  } finally {
    server.kill();
    await clickhouse.stop();
  }
}

const agent = new Agent({ keepAlive: true });

/** Plain node:http: fetch takes ten milliseconds of its own for a megabyte. */
async function post(port: number, body: string): Promise<string> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const asked = request({ port, host: "127.0.0.1", path: "/graphql", method: "POST", headers, agent });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function measure(question: Question, port: number, server: number, clickhouse: number): Promise<ReaderResult> {
  const ask = async (run: number): Promise<{ ms: number; size: number }> => {
    const { query, variables } = question.document(run);
    const body = JSON.stringify({ query, variables });
    const startedAt = performance.now();
    const text = await post(port, body);
    const ms = performance.now() - startedAt;
    const { data, errors } = JSON.parse(text) as { data: never; errors?: object[] };
    if (errors !== undefined) throw new Error(`${question.what}: ${JSON.stringify(errors)}`);
    const size = question.size(data);
    if (size === 0) throw new Error(`${question.what}: found nothing`);
    return { ms, size };
  };
  const { runs: count = RUNS } = question;
  const first = await ask(0);
  for (let run = 0; run < Math.max(WARM_UP, count / 8); run++) await ask(run);
  const before = [cpuSecondsOf(clickhouse), cpuSecondsOf(server)] as const;
  const runs: { ms: number; size: number }[] = [];
  for (let run = 0; run < count; run++) runs.push(await ask(run));
  const cpuMs = [cpuSecondsOf(clickhouse) - before[0], cpuSecondsOf(server) - before[1]].map((s) => (s * 1_000) / count);
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    what: question.what,
    target: question.target,
    p50Ms: times[Math.floor(count / 2)] as number,
    p95Ms: times[Math.ceil(count * 0.95) - 1] as number,
    firstMs: first.ms,
    clickhouseCpuMs: cpuMs[0] as number,
    serverCpuMs: cpuMs[1] as number,
    size: Math.round(runs.reduce((sum, { size }) => sum + size, 0) / count),
  };
}

export const HEAD = ["question", "p95", "target", "", "median", "first", "CPU of ClickHouse", "CPU of the server", "found"];

/** A line of the table of results.md. */
export function rowOf({ what, target, p50Ms, p95Ms, firstMs, clickhouseCpuMs, serverCpuMs, size }: ReaderResult): string[] {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const verdict = target === null ? "" : p95Ms <= target ? "met" : "**missed**";
  const cpu = [ms(clickhouseCpuMs), ms(serverCpuMs)];
  return [what, ms(p95Ms), target === null ? "none given" : ms(target), verdict, ms(p50Ms), ms(firstMs), ...cpu, String(size)];
}

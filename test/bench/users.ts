/** Fifty users with a service dashboard of Booster UI, renewed every 15 s, while 20,000 entries a second come in: the product as its users
 *  start it, on a copy of the readers' data set. Alone: `node test/bench/users.ts`. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { BOOSTER, type Dashboard } from "../builders/dashboards.ts";
import { boosterDocuments, type ExpressionDocument } from "../builders/expression-documents.ts";
import { families } from "../harness/exposition.ts";
import { startProcess, until } from "../harness/process.ts";
import { DATA_DIR, DATA_END_MS, openDataSet } from "./data-set.ts";
import { entityOf } from "./expressions.ts";
import { benchLoad, MESH } from "./load.ts";
import { percentile95 } from "./measure.ts";
import { HOUR_DURATION } from "./readers.ts";
import { sendAtRate } from "./send.ts";
import { askClickHouse } from "./stored-keys.ts";

const USERS = 50;
const EVERY_S = 15;
const ENTRIES_PER_SECOND = 20_000;
/** Rounds of the load, of 3.2 s each: the first ones warm up. */
const WARM_UP_ROUNDS = 5;
const ROUNDS = 28;
const WATCH_MS = 1_000;
/** As often do our processes look at their event loops. */
const SAMPLES_PER_SECOND = 5;
/** The data set is older than what would be kept of it by default. */
const KEEP = { OAP_STORAGE_TTL: "off", OAP_INGEST_PROCESSES: "1" };
const DASHBOARD = BOOSTER.find(({ name }) => name === "Mesh-Service") as Dashboard;

export interface UsersRun {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly sentPerSecond: number;
  /** The event loops' delays by process: no more than this is their 99th percentile. */
  readonly loopP99Ms: Readonly<Record<string, number>>;
}

/** @throws Error when an answer fails, or an entry is not stored. */
export async function usersRun(say: (text: string) => void): Promise<UsersRun> {
  await (await openDataSet(say)).stop();
  const dir = mkdtempSync(join(tmpdir(), "sidelight-users-"));
  cpSync(DATA_DIR, join(dir, "clickhouse"), { recursive: true });
  const oap = startProcess({ dataDir: dir, settings: KEEP });
  try {
    const { grpc, http } = await oap.ready();
    const load = benchLoad(MESH, Date.now());
    await sendAtRate(grpc, load, WARM_UP_ROUNDS, ENTRIES_PER_SECOND);
    const delays = watchDelays(http);
    const startedAt = performance.now();
    const sending = sendAtRate(grpc, load, ROUNDS, ENTRIES_PER_SECOND);
    const answers = askAsUsers(http);
    await sending;
    const sentS = (performance.now() - startedAt) / 1_000;
    const times = await answers.stop();
    const loopP99Ms = await delays.stop();
    const sent = load.entries * (WARM_UP_ROUNDS + ROUNDS);
    const stored =
      "SELECT sum(calls) FROM sidelight.traffic_minute WHERE scope = 'service' AND minute > toDateTime({end}, 'UTC') FORMAT TSV";
    await until(
      () => askClickHouse(oap, stored.replace("{end}", String(DATA_END_MS / 1_000))),
      ([[sum] = [] as string[]]) => Number(sum) === sent,
    ); // prettier-ignore
    return {
      requests: times.length,
      p50Ms: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number,
      p95Ms: percentile95(times),
      sentPerSecond: Math.round((load.entries * ROUNDS) / sentS),
      loopP99Ms,
    };
  } finally {
    await oap.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Each user's dashboard again and again, its requests at once as a browser sends them; users begin one after the other. Answers' times, ms. */
function askAsUsers(http: string): { stop: () => Promise<number[]> } {
  const times: number[] = [];
  const failures: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  const asking = new Set<Promise<unknown>>();
  const load = (user: number): void => {
    const documents = boosterDocuments(DASHBOARD, HOUR_DURATION, (of, i) => entityOf(of, i + user * 37));
    const loaded = loadPage(`${http}/graphql`, documents, times, failures);
    asking.add(loaded);
    void loaded.finally(() => asking.delete(loaded));
  };
  for (let user = 0; user < USERS; user++) {
    const begin = (): void => {
      load(user);
      timers.push(setInterval(load, EVERY_S * 1_000, user));
    };
    timers.push(setTimeout(begin, (user * EVERY_S * 1_000) / USERS));
  }
  return {
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(asking);
      if (failures.length > 0) throw new Error(`${failures.length} of ${times.length} answers failed: ${failures[0]}`);
      return times;
    },
  };
}

/** A connection for each request. */
async function loadPage(
  url: string,
  documents: readonly ExpressionDocument[],
  times: number[],
  failures: string[],
): Promise<void> {
  let connection = 0;
  const { length } = documents;
  const instance = autocannon({
    url,
    connections: length,
    amount: length,
    setupClient: (client) => {
      const { query, variables } = documents[connection++ % length] as ExpressionDocument;
      const headers = { "content-type": "application/json" };
      client.setRequests([{ method: "POST", headers, body: JSON.stringify({ query, variables }) }]);
      client.on("body", (body) => {
        if (!isAnswer(String(body))) failures.push(String(body).slice(0, 300));
      });
      client.on("response", (status, _bytes, ms) => {
        times.push(ms);
        if (status !== 200) failures.push(`status ${status}`);
      });
    },
  });
  const { errors, timeouts } = await instance;
  if (errors + timeouts > 0) failures.push(`${errors} errors, ${timeouts} timeouts`);
}

/** Values, and no error of an expression. */
function isAnswer(body: string): boolean {
  return body.includes('"data"') && !body.includes('"errors"') && !/"error":"/.test(body) && /"value":"\d/.test(body);
}

/** Reads the event loops' delays once a second. */
function watchDelays(http: string): { stop: () => Promise<Record<string, number>> } {
  const seen = new Map<string, number[]>();
  let isWatching = true;
  const watching = (async () => {
    while (isWatching) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      const { samples = [] } =
        families(await (await fetch(`${http}/metrics`)).text()).get("sidelight_event_loop_delay_seconds") ?? {};
      for (const { labels, value } of samples) {
        const of = labels["process"] ?? "";
        seen.set(of, [...(seen.get(of) ?? []), value * 1_000]);
      }
    }
  })();
  return {
    stop: async () => {
      isWatching = false;
      await watching;
      return Object.fromEntries([...seen].map(([of, delays]) => [of, percentile99(delays)]));
    },
  };
}

/** `longest`: the longest delay of each second, of some five that were looked at. If all of the longest hundredth were in seconds of their own, the
 *  hundredth one were here. */
function percentile99(longest: readonly number[]): number {
  const above = Math.floor(0.01 * SAMPLES_PER_SECOND * longest.length);
  return longest.toSorted((a, b) => b - a)[above] as number;
}

if (import.meta.main) console.log(JSON.stringify(await usersRun(console.log), null, 1));

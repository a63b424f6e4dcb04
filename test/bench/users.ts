/** Fifty users with a service dashboard of Booster UI, renewed every 15 s, while 20,000 entries a second come in: the product as its users
 *  start it, on a copy of the readers' data set. Alone: `node test/bench/users.ts`. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { BOOSTER, type Dashboard } from "../builders/dashboards.ts";
import { boosterDocuments } from "../builders/expression-documents.ts";
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
/** The data set is older than what would be kept of it by default. */
const KEEP = { OAP_STORAGE_TTL: "off", OAP_INGEST_PROCESSES: "1" };
const DASHBOARD = BOOSTER.find(({ name }) => name === "Mesh-Service") as Dashboard;

export interface UsersRun {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly sentPerSecond: number;
  /** The longest of the event loops' delays, second by second, by process: their 99th percentile. */
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

/** As many requests a second as the users' dashboards have; their answers' times, ms. */
function askAsUsers(http: string): { stop: () => Promise<number[]> } {
  const documents = Array.from({ length: USERS }, (_, user) =>
    boosterDocuments(DASHBOARD, HOUR_DURATION, (of, i) => entityOf(of, i + user * 37)),
  );
  const each = documents[0]?.length ?? 0;
  const times: number[] = [];
  const failures: string[] = [];
  let user = 0;
  const instance = autocannon(
    {
      url: `${http}/graphql`,
      connections: USERS,
      duration: 3_600,
      overallRate: Math.ceil((USERS * each) / EVERY_S),
      setupClient: (client) => {
        const requests = documents[user++ % USERS] ?? [];
        client.setRequests(
          requests.map(({ query, variables }) => ({
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ query, variables }),
          })),
        );
        client.on("body", (body) => {
          if (!isAnswer(String(body))) failures.push(String(body).slice(0, 300));
        });
      },
    },
    () => {},
  );
  instance.on("response", (_client, status, _bytes, ms) => {
    times.push(ms);
    if (status !== 200) failures.push(`status ${status}`);
  });
  instance.on("reqError", (error: Error) => failures.push(error.message));
  return {
    stop: async () => {
      instance.stop();
      await instance;
      if (failures.length > 0) throw new Error(`${failures.length} of ${times.length} answers failed: ${failures[0]}`);
      return times;
    },
  };
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

function percentile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] as number;
}

if (import.meta.main) console.log(JSON.stringify(await usersRun(console.log), null, 1));

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../oap/config/load.ts";
import { startIngest } from "../../oap/ingest.ts";
import { Main } from "../../oap/main.ts";
import { createLogger } from "../../oap/telemetry/logger.ts";
import { type AlsPath, sendMessages } from "./als-client.ts";

const TELL_MS = 1_000;

interface OapOptions {
  /** What the clock says; it stands still but for `advance`. */
  readonly at: string;
  readonly dataDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The real parts in this process, on a real ClickHouse, behind real ports; only time is ours. */
export async function startOap({ at, dataDir, settings = {} }: OapOptions) {
  const dir = dataDir ?? mkdtempSync(join(tmpdir(), "sidelight-oap-"));
  const config = loadConfig({
    OAP_DATA_DIR: dir,
    OAP_STORAGE_TTL: "off",
    OAP_LOG_LEVEL: "error",
    OAP_FLUSH_INTERVAL_MS: "60000",
    ...settings,
  });
  let now = Date.parse(at);
  const clock = { now: () => now };
  const log = createLogger("test", "error");
  const main = new Main(config, clock, log);
  const ingest = await startIngest(config, 0, clock, log);
  ingest.ask = (questions) => ingest.learn(main.endpoints.answer(questions));
  if (ingest.logs !== null) {
    ingest.logs.onDemand = (demand) => {
      main.logRates.tell(0, demand, now);
      for (const rates of main.logRates.next(now).values()) ingest.logs?.take(rates);
    };
  }
  const grpc = await ingest.listen("127.0.0.1", 0);
  const http = await main.http.listen("127.0.0.1", 0);
  await main.open();
  // As the supervisor does: a process that does not tell of itself is taken for gone.
  const tell = (): void => {
    main.ingest = [ingest.status()];
  };
  tell();
  const telling = setInterval(tell, TELL_MS);
  const url = `http://127.0.0.1:${http}`;
  const graphql = async <T>(query: string, variables: object = {}): Promise<T> => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const body = (await answer.json()) as { data: T; errors?: { message: string }[] };
    if (body.errors !== undefined) throw new Error(body.errors.map(({ message }) => message).join("; "));
    return body.data;
  };
  return {
    dir,
    url,
    grpcAddress: `127.0.0.1:${grpc}`,
    ingest,
    main,
    graphql,
    /** A question to ClickHouse itself. */
    sql: <Row>(query: string, params: Readonly<Record<string, unknown>> = {}) => main.sql.query<Row>(query, params),
    advance: (ms: number) => {
      now += ms;
    },
    /** Sends messages on one stream, half-closes, and waits for the answer. */
    send: (messages: readonly Buffer[], path?: AlsPath) => sendMessages(`127.0.0.1:${grpc}`, messages, path),
    /** Everything that came in is in ClickHouse, and lists that are cached are read again. */
    flush: async () => {
      await ingest.closeBatch();
      await main.drain();
      now += 10_000;
      tell();
    },
    stop: async (keepData = false) => {
      clearInterval(telling);
      await ingest.stop();
      await main.stop();
      if (!keepData) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type Oap = Awaited<ReturnType<typeof startOap>>;

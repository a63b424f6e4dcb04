/** Joins the register of endpoint names to where it comes from: the file of this node and the table of all nodes. */
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EndpointLimits } from "./analysis/endpoint-name.ts";
import { EndpointRegister } from "./analysis/endpoint-register.ts";
import { parseRule } from "./analysis/path-template.ts";
import type { Config } from "./config/schema.ts";
import { OTHER } from "./model/entity.ts";
import type { EndpointAnswer, EndpointQuestion } from "./model/ipc.ts";
import type { Clock, SqlReader } from "./model/ports.ts";
import { DAY_MS } from "./model/time-bucket.ts";
import { EndpointLog } from "./storage/endpoint-log.ts";
import type { Logger } from "./telemetry/logger.ts";

const KNOWN_ENDPOINTS = readFileSync(new URL("./storage/known-endpoints.sql", import.meta.url), "utf8");
/** How often the names that other nodes gave are read. */
const FOLLOW_INTERVAL_MS = 10_000;
/** What was inserted since the last reading can be this much older: minutes are rounded down, batches wait. */
const OVERLAP_MS = 180_000;

export class SharedEndpoints {
  readonly #register: EndpointRegister;
  readonly #file: EndpointLog;
  readonly #clock: Clock;
  readonly #log: Logger;
  #day: number;
  #timer: NodeJS.Timeout | null = null;
  #following: Promise<void> = Promise.resolve();

  constructor(config: Config, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#register = new EndpointRegister(endpointLimits(config));
    const dir = resolve(config["data.dir"]);
    mkdirSync(dir, { recursive: true });
    this.#file = new EndpointLog(join(dir, "endpoint-names"), (error) =>
      log.warn(
        { error: error.message },
        "the names of endpoints could not be noted; they are read from ClickHouse at the next start",
      ),
    );
    this.#day = this.#today();
    const known = this.#file.read(this.#day);
    if (known.length === 0) this.#file.begin(this.#day);
    for (const [service, name] of known) this.#register.add(service, name);
  }

  /** Names, and positions of paths, that found no room. */
  get overflowed(): { readonly names: number; readonly positions: number } {
    return { names: this.#register.overflowed, positions: this.#register.positionsOverflowed };
  }

  answer(questions: readonly EndpointQuestion[]): EndpointAnswer[] {
    this.#startDay();
    return questions.map((question) => {
      const { size } = this.#register;
      const answer = this.#register.answer(question);
      if (this.#register.size > size && answer.name !== OTHER) this.#file.append(question.service, answer.name);
      return answer;
    });
  }

  /** Reads the names that are in storage and, where other nodes may write there too, from then on what they add. */
  follow(sql: SqlReader, hasOtherNodes: boolean): void {
    let sinceMs = this.#day * DAY_MS;
    const read = async (): Promise<void> => {
      const startedMs = this.#clock.now();
      const since = Math.floor(sinceMs / 1_000);
      const rows = await sql.query<{ service: string; endpoint: string }>(KNOWN_ENDPOINTS, { since });
      for (const { service, endpoint } of rows) {
        if (this.#register.add(service, endpoint)) this.#file.append(service, endpoint);
      }
      sinceMs = Math.max(this.#day * DAY_MS, startedMs - OVERLAP_MS);
    };
    const readAgain = async (): Promise<void> => {
      const isRead = await read().then(
        () => true,
        (error: Error) => this.#log.warn({ error: error.message }, "the names of endpoints could not be read"),
      );
      if (this.#timer !== null && (hasOtherNodes || isRead !== true)) this.#timer = setTimeout(next, FOLLOW_INTERVAL_MS);
    };
    const next = (): void => {
      this.#following = readAgain();
    };
    this.#timer = setTimeout(next, 0);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#following;
    await this.#file.close();
  }

  #today(): number {
    return Math.floor(this.#clock.now() / DAY_MS);
  }

  #startDay(): void {
    const today = this.#today();
    if (today === this.#day) return;
    this.#day = today;
    this.#register.forgetNames();
    this.#file.begin(today);
  }
}

export function endpointLimits(config: Config): EndpointLimits {
  return {
    perService: config["endpoints.perService"],
    children: config["endpoints.children"],
    positions: config["endpoints.positions"],
    nodePositions: config["endpoints.nodePositions"],
    nodeNames: config["endpoints.nodeNames"],
    rules: config["endpoints.rules"].map(parseRule),
    nameMaxBytes: config["names.endpointMaxBytes"],
  };
}

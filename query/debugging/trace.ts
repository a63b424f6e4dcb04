/** What a question took: the statements that were sent to storage for it, each with its duration. Recorded only where it is asked for. */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { SqlReader } from "../../oap/model/ports.ts";

/** Times in ns since the trace began. */
export interface Span {
  readonly spanId: number;
  /** -1: of none. */
  readonly parentSpanId: number;
  readonly operation: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly duration: number;
  readonly msg: string | null;
  readonly error: string | null;
}

export interface DebuggingTrace {
  readonly traceId: string;
  readonly condition: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly duration: number;
  readonly spans: readonly Span[];
}

/** A question takes a few statements; a search of access logs that finds little takes one for every step of its window. */
const SPANS_MAX = 200;
const TEXT_MAX = 16_384;
/** Of one trace: a document can ask for hundreds. */
const TEXTS_MAX = 65_536;
const NAME_MAX = 160;
const NS_PER_MS = 1e6;

const current = new AsyncLocalStorage<Trace>();

export class Trace {
  readonly #operation: string;
  readonly #condition: string;
  readonly #isRowsTold: boolean;
  readonly #startedAt = performance.now();
  readonly #spans: Span[] = [];
  #left = 0;
  #room = TEXTS_MAX;

  /** @param isRowsTold whether what storage answered is told, too */
  constructor(operation: string, condition: string, isRowsTold: boolean) {
    this.#operation = operation;
    this.#condition = condition;
    this.#isRowsTold = isRowsTold;
  }

  /** Does the work; what it asks of a traced reader is recorded. */
  async run<T>(work: () => T): Promise<Awaited<T>> {
    return await current.run(this, work);
  }

  async measured<Row>(sql: string, params: Readonly<Record<string, unknown>>, ask: () => Promise<Row[]>): Promise<Row[]> {
    const from = this.#now();
    try {
      const rows = await ask();
      const answer = this.#isRowsTold ? `\n${cut(JSON.stringify(rows), TEXT_MAX)}` : "";
      this.#add(sql, from, `${rows.length} rows\n${JSON.stringify(params)}\n${sql}${answer}`, null);
      return rows;
    } catch (error) {
      // The message of storage may hold addresses and names: it is for the log.
      this.#add(sql, from, `${JSON.stringify(params)}\n${sql}`, `not answered: ${(error as Error).name}`);
      throw error;
    }
  }

  told(): DebuggingTrace {
    const endTime = this.#now();
    const msg = this.#left === 0 ? null : `${this.#left} more statements are not listed`;
    const whole = { startTime: 0, endTime, duration: endTime };
    const root: Span = { spanId: 0, parentSpanId: -1, operation: this.#operation, ...whole, msg, error: null };
    return { traceId: randomUUID(), condition: this.#condition, ...whole, spans: [root, ...this.#spans] };
  }

  #add(sql: string, startTime: number, msg: string, error: string | null): void {
    if (this.#spans.length >= SPANS_MAX) {
      this.#left++;
      return;
    }
    const endTime = this.#now();
    const spanId = this.#spans.length + 1;
    const duration = endTime - startTime;
    const told = cut(msg, Math.min(TEXT_MAX, this.#room));
    this.#room = Math.max(0, this.#room - told.length);
    this.#spans.push({ spanId, parentSpanId: 0, operation: nameOf(sql), startTime, endTime, duration, msg: told, error });
  }

  #now(): number {
    return Math.round((performance.now() - this.#startedAt) * NS_PER_MS);
  }
}

/** A reader whose statements are recorded for the trace they belong to; of what batches requests put together, to that of the first. */
export function traced(sql: SqlReader): SqlReader {
  return {
    query: (text, params) => {
      const trace = current.getStore();
      return trace === undefined ? sql.query(text, params) : trace.measured(text, params, () => sql.query(text, params));
    },
  };
}

/** Statements open by saying what they read. */
function nameOf(sql: string): string {
  const first = /^--\s*(.+)$/m.exec(sql)?.[1];
  return first === undefined ? "ClickHouse" : `ClickHouse: ${first.slice(0, NAME_MAX)}`;
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)} … (${text.length} characters)`;
}

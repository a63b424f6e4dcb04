/** Sums and percentiles of single entities by step. All that one request asks of one table and range is read by one statement
 *  for the sums and one for the percentiles. */
import DataLoader from "dataloader";
import { COLUMNS, type Column, type Scope } from "../../oap/catalog/columns.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { seconds, sql, tableOf } from "./sql.ts";

export interface EntityKey {
  readonly scope: Scope;
  readonly service: string;
  readonly normal: boolean;
  readonly instance: string;
  readonly endpoint: string;
  readonly destService: string;
  readonly destNormal: boolean;
  readonly destInstance: string;
  readonly detectPoint: string;
}

export type Sums = Readonly<Record<Column, number>>;

/** By start of the step, ms; steps without data are absent. */
export type ByStep<T> = ReadonlyMap<number, T>;

interface Question {
  readonly table: string;
  readonly range: TimeRange;
  readonly key: EntityKey;
}

interface KeyColumns {
  /** Start of the step, s. */
  readonly at: number;
  readonly scope: string;
  readonly service: string;
  readonly normal: number;
  readonly instance: string;
  readonly endpoint: string;
  readonly dest_service: string;
  readonly dest_normal: number;
  readonly dest_instance: string;
  readonly detect_point: string;
}

const SUMS_SQL = sql("entity-sums");
const PERCENTILES_SQL = sql("entity-percentiles");
const ENTITIES_PER_STATEMENT = 500;

/** One per request. */
export class EntityRows {
  readonly #sums: DataLoader<Question, ByStep<Sums>, string>;
  readonly #percentiles: DataLoader<Question, ByStep<readonly number[]>, string>;

  constructor(reader: SqlReader) {
    const read = <Row extends KeyColumns, T>(text: string, pick: (row: Row) => T) =>
      new DataLoader((questions: readonly Question[]) => readAll(reader, text, questions, pick), { cacheKeyFn: questionText });
    this.#sums = read(SUMS_SQL, (row: KeyColumns & { sums: number[] }) => named(row.sums));
    this.#percentiles = read(PERCENTILES_SQL, (row: KeyColumns & { buckets: number[] }) => row.buckets);
  }

  async sums(key: EntityKey, range: TimeRange): Promise<ByStep<Sums>> {
    const table = tableOf(range.step);
    return table === null ? new Map() : await this.#sums.load({ table, range, key });
  }

  /** Histogram buckets in the order of PERCENTILE_RANKS. */
  async percentiles(key: EntityKey, range: TimeRange): Promise<ByStep<readonly number[]>> {
    const table = tableOf(range.step);
    return table === null ? new Map() : await this.#percentiles.load({ table, range, key });
  }
}

function named(sums: readonly number[]): Sums {
  return Object.fromEntries(COLUMNS.map((column, i) => [column, sums[i] ?? 0])) as Record<Column, number>;
}

async function readAll<Row extends KeyColumns, T>(
  reader: SqlReader,
  text: string,
  questions: readonly Question[],
  pick: (row: Row) => T,
): Promise<ByStep<T>[]> {
  const answers = new Map(questions.map((question) => [questionText(question), new Map<number, T>()]));
  const byRange = Map.groupBy(questions, ({ table, range }) => `${table} ${range.fromMs} ${range.toMs}`);
  const statements = [...byRange.values()]
    .flatMap((group) => chunks(group))
    .map(async (chunk) => {
      const [{ table, range }] = chunk as [Question];
      const rows = await reader.query<Row>(text, { table, ...seconds(range), ...keyArrays(chunk.map(({ key }) => key)) });
      for (const row of rows) answers.get(questionText({ table, range, key: keyOf(row) }))?.set(row.at * 1_000, pick(row));
    });
  await Promise.all(statements);
  return questions.map((question) => answers.get(questionText(question)) ?? new Map());
}

function chunks(questions: readonly Question[]): (readonly Question[])[] {
  const count = Math.ceil(questions.length / ENTITIES_PER_STATEMENT);
  return Array.from({ length: count }, (_, i) => questions.slice(i * ENTITIES_PER_STATEMENT, (i + 1) * ENTITIES_PER_STATEMENT));
}

function keyArrays(keys: readonly EntityKey[]) {
  return {
    scopes: keys.map(({ scope }) => scope),
    services: keys.map(({ service }) => service),
    normals: keys.map(({ normal }) => (normal ? 1 : 0)),
    instances: keys.map(({ instance }) => instance),
    endpoints: keys.map(({ endpoint }) => endpoint),
    dest_services: keys.map(({ destService }) => destService),
    dest_normals: keys.map(({ destNormal }) => (destNormal ? 1 : 0)),
    dest_instances: keys.map(({ destInstance }) => destInstance),
    detect_points: keys.map(({ detectPoint }) => detectPoint),
  };
}

function keyOf(row: KeyColumns): EntityKey {
  return {
    scope: row.scope as Scope,
    service: row.service,
    normal: row.normal === 1,
    instance: row.instance,
    endpoint: row.endpoint,
    destService: row.dest_service,
    destNormal: row.dest_normal === 1,
    destInstance: row.dest_instance,
    detectPoint: row.detect_point,
  };
}

function questionText({ table, range, key }: Question): string {
  const { scope, service, normal, instance, endpoint, destService, destNormal, destInstance, detectPoint } = key;
  const entity = [scope, service, Number(normal), instance, endpoint, destService, Number(destNormal), destInstance, detectPoint];
  return [table, range.fromMs, range.toMs, ...entity].join("\0");
}

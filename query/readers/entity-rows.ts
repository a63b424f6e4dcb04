/** Rows of single entities by step. All that one request asks of one table and range is read by one statement. */
import DataLoader from "dataloader";
import type { Column, Scope } from "../../oap/catalog/columns.ts";
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

/** Sums of one step; `at` is its start, ms. */
export interface EntityRow {
  readonly at: number;
  readonly sums: Readonly<Record<Column, number>>;
  /** Bucket to count. */
  readonly histogram: Readonly<Record<string, number>>;
}

type SqlRow = Record<Column, number> & {
  at: number;
  histogram: Record<string, number>;
  scope: string;
  service: string;
  normal: number;
  instance: string;
  endpoint: string;
  dest_service: string;
  dest_normal: number;
  dest_instance: string;
  detect_point: string;
};

const SQL = sql("entity-rows");
const ENTITIES_PER_STATEMENT = 500;

interface Question {
  readonly table: string;
  readonly range: TimeRange;
  readonly key: EntityKey;
}

/** One per request. */
export class EntityRows {
  readonly #loader: DataLoader<Question, readonly EntityRow[], string>;

  constructor(reader: SqlReader) {
    this.#loader = new DataLoader((questions) => readAll(reader, questions), {
      cacheKeyFn: ({ table, range, key }) => `${table} ${range.fromMs} ${range.toMs} ${keyText(key)}`,
    });
  }

  /** Steps with data, oldest first. */
  async load(key: EntityKey, range: TimeRange): Promise<readonly EntityRow[]> {
    const table = tableOf(range.step);
    return table === null ? [] : await this.#loader.load({ table, range, key });
  }
}

async function readAll(reader: SqlReader, questions: readonly Question[]): Promise<(readonly EntityRow[])[]> {
  const byRange = Map.groupBy(questions, ({ table, range }) => `${table} ${range.fromMs} ${range.toMs}`);
  const answers = new Map<Question, EntityRow[]>(questions.map((question) => [question, []]));
  const chunks = [...byRange.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / ENTITIES_PER_STATEMENT) }, (_, i) =>
      group.slice(i * ENTITIES_PER_STATEMENT, (i + 1) * ENTITIES_PER_STATEMENT),
    ),
  );
  await Promise.all(chunks.map((chunk) => readChunk(reader, chunk, answers)));
  return questions.map((question) => answers.get(question) ?? []);
}

async function readChunk(reader: SqlReader, chunk: readonly Question[], answers: Map<Question, EntityRow[]>): Promise<void> {
  const { table, range } = chunk[0] as Question;
  const keys = chunk.map(({ key }) => key);
  const rows = await reader.query<SqlRow>(SQL, {
    table,
    ...seconds(range),
    scopes: keys.map(({ scope }) => scope),
    services: keys.map(({ service }) => service),
    normals: keys.map(({ normal }) => (normal ? 1 : 0)),
    instances: keys.map(({ instance }) => instance),
    endpoints: keys.map(({ endpoint }) => endpoint),
    dest_services: keys.map(({ destService }) => destService),
    dest_normals: keys.map(({ destNormal }) => (destNormal ? 1 : 0)),
    dest_instances: keys.map(({ destInstance }) => destInstance),
    detect_points: keys.map(({ detectPoint }) => detectPoint),
  });
  const byKey = new Map(chunk.map((question) => [keyText(question.key), answers.get(question) as EntityRow[]]));
  for (const row of rows) byKey.get(rowText(row))?.push({ at: row.at * 1_000, sums: row, histogram: row.histogram });
}

function keyText(key: EntityKey): string {
  const { scope, service, normal, instance, endpoint, destService, destNormal, destInstance, detectPoint } = key;
  return [scope, service, Number(normal), instance, endpoint, destService, Number(destNormal), destInstance, detectPoint].join(
    "\0",
  );
}

function rowText(row: SqlRow): string {
  const { scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point } = row;
  return [scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point].join("\0");
}

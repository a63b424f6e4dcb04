/** Sums and percentiles of single entities by step. All that one request asks of one table and range is read by one statement for the sums and
 *  one for the percentiles, or by one for both when they are asked of the same entities. */
import DataLoader from "dataloader";
import { COLUMNS, type Column, type Scope } from "../../oap/catalog/columns.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { numbered, seconds, sqlByScope, tableOf } from "./sql.ts";

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

type Range = Pick<TimeRange, "fromMs" | "toMs" | "stepMs">;

/** One entity over a range: all of it, null when nothing was seen, and by step. `buckets`: 50, 75, 90, 95 and 99 %, meaningless where no
 *  call was timed. */
export interface EntitySteps {
  readonly whole: EntityStep | null;
  readonly steps: ByStep<EntityStep>;
}

export interface EntityStep {
  readonly sums: Sums;
  readonly buckets: readonly number[];
}

interface Question {
  readonly table: string;
  readonly range: Range;
  readonly key: EntityKey;
  readonly part: "sums" | "percentiles" | "both";
  /** Of sums. */
  readonly columns: readonly Column[];
}

/** Columns that tell the entities of a statement apart; others are absent. */
interface KeyColumns {
  /** Start of the step, s. */
  readonly at: number;
  readonly scope?: string;
  readonly service: string;
  readonly normal: number;
  readonly instance?: string;
  readonly endpoint?: string;
  readonly dest_service?: string;
  readonly dest_normal?: number;
  readonly dest_instance?: string;
  readonly detect_point?: string;
}

type Answer = ByStep<Sums> | ByStep<readonly number[]> | EntitySteps;

type Text = ReturnType<typeof sqlByScope>;

const SUMS_SQL = sqlByScope("entity-sums", "summed");
const SUMS_AND_PERCENTILES_SQL = sqlByScope("entity-sums", "summed", "buckets");
const PERCENTILES_SQL = sqlByScope("entity-percentiles", "buckets");
const STEPS_SQL = sqlByScope("entity-steps", "all-sums", "buckets");
const ENTITIES_PER_STATEMENT = 500;

/** One per request. */
export class EntityRows {
  readonly #loader: DataLoader<Question, Answer, string>;

  constructor(reader: SqlReader) {
    this.#loader = new DataLoader((questions: readonly Question[]) => readAll(reader, questions), {
      cacheKeyFn: (question) => `${question.part}\0${question.columns.join(" ")}\0${questionText(question)}`,
    });
  }

  /** With these columns at least; others may be missing. */
  async sums(key: EntityKey, range: TimeRange, columns: readonly Column[]): Promise<ByStep<Sums>> {
    const table = tableOf(range.step);
    return table === null ? new Map() : await this.#load({ table, range, key, part: "sums", columns });
  }

  /** Histogram buckets in the order of PERCENTILE_RANKS. */
  async percentiles(key: EntityKey, range: TimeRange): Promise<ByStep<readonly number[]>> {
    const table = tableOf(range.step);
    return table === null ? new Map() : await this.#load({ table, range, key, part: "percentiles", columns: [] });
  }

  /** Both, and over the whole range. */
  async both(key: EntityKey, table: string, { fromMs, toMs, stepMs }: Range): Promise<EntitySteps> {
    return await this.#load({ table, range: { fromMs, toMs, stepMs }, key, part: "both", columns: [] });
  }

  async #load<T extends Answer>(question: Question): Promise<T> {
    return (await this.#loader.load(question)) as T;
  }
}

/** What each question found; where its statement failed, why. */
type Answers = Map<Question, Answer | Error>;

async function readAll(reader: SqlReader, questions: readonly Question[]): Promise<(Answer | Error)[]> {
  const answers: Answers = new Map();
  const byRange = Map.groupBy(questions, ({ table, range }) => `${table} ${range.fromMs} ${range.toMs} ${range.stepMs}`);
  await Promise.all([...byRange.values()].map((group) => readGroup(reader, group, answers)));
  return questions.map((question) => answers.get(question) ?? new Map());
}

/** Questions about one table and range. */
async function readGroup(reader: SqlReader, group: readonly Question[], answers: Answers): Promise<void> {
  const entities = [...Map.groupBy(group, questionText).values()];
  const together = entities.filter((questions) => questions.some(({ part }) => part === "both"));
  const rest = (part: Question["part"]): Question[] =>
    group.filter((one) => one.part === part && !together.some((questions) => questions.includes(one)));
  const [sums, percentiles] = [rest("sums"), rest("percentiles")];
  const areSame = sums.length > 0 && keysOf(sums) === keysOf(percentiles);
  const statements = [
    ...together.map((questions) => settled(questions, answers, readBoth(reader, questions, answers))),
    ...(areSame ? [[...sums, ...percentiles]] : [sums, percentiles])
      .flatMap(chunks)
      .map((chunk) => settled(chunk, answers, readMany(reader, chunk, answers))),
  ];
  await Promise.all(statements);
}

/** Which entities are asked for. */
function keysOf(questions: readonly Question[]): string {
  return [...new Set(questions.map(({ key }) => keyText(key)))].sort().join("\n");
}

/** A statement that fails takes only its own questions with it. */
async function settled(questions: readonly Question[], answers: Answers, reading: Promise<void>): Promise<void> {
  await reading.catch((error: Error) => {
    for (const question of questions) answers.set(question, error);
  });
}

/** Questions about one entity. */
async function readBoth(reader: SqlReader, questions: readonly Question[], answers: Answers): Promise<void> {
  const both = await readSteps(reader, questions[0] as Question);
  for (const question of questions) answers.set(question, partOf(both, question.part));
}

async function readSteps(reader: SqlReader, question: Question): Promise<EntitySteps> {
  type Row = { is_whole: number; at: number; sums: number[]; buckets: number[] };
  const rows = await readKeys<Row>(reader, STEPS_SQL, question, [question.key]);
  const stepOf = ({ sums, buckets }: Row): EntityStep => ({ sums: named(sums), buckets });
  const steps = rows.filter(({ is_whole }) => is_whole === 0);
  const whole = rows.find(({ is_whole }) => is_whole === 1);
  return {
    whole: whole === undefined || steps.length === 0 ? null : stepOf(whole),
    steps: new Map(steps.map((row) => [row.at * 1_000, stepOf(row)])),
  };
}

function partOf(both: EntitySteps, part: Question["part"]): Answer {
  if (part === "both") return both;
  if (part === "sums") return new Map([...both.steps].map(([at, { sums }]) => [at, sums]));
  // As entity-percentiles.sql: without steps in which no call was timed.
  return new Map([...both.steps].filter(([, { sums }]) => sums.timed > 0).map(([at, { buckets }]) => [at, buckets]));
}

/** What a statement sums in the order of the catalog, by name. */
export function named(sums: readonly number[]): Sums {
  return Object.fromEntries(COLUMNS.map((column, i) => [column, sums[i] ?? 0])) as Record<Column, number>;
}

type ManyRow = KeyColumns & { readonly sums?: readonly number[]; readonly buckets?: readonly number[] };

/** Many entities of one table and range: the columns that any of the questions is about, percentiles, or both. */
async function readMany(reader: SqlReader, questions: readonly Question[], answers: Answers): Promise<void> {
  const hasPercentiles = questions.some(({ part }) => part === "percentiles");
  const asked = new Set(questions.flatMap((one) => one.columns));
  if (asked.size > 0 && hasPercentiles) asked.add("timed"); // steps without it have no percentiles
  const columns = [...asked];
  const places = Object.fromEntries(columns.map((column, i) => [`c${i + 1}`, column]));
  const sql = columns.length === 0 ? PERCENTILES_SQL : hasPercentiles ? SUMS_AND_PERCENTILES_SQL : SUMS_SQL;
  const text: Text = (table, scope) => numbered(sql(table, scope), columns.length);
  const found = new Map(questions.map(({ key }) => [keyText(key), { sums: new Map(), percentiles: new Map() } as Found]));
  const keys = [...new Map(questions.map(({ key }) => [keyText(key), key])).values()];
  const [first] = questions as [Question];
  for (const row of await readKeys<ManyRow>(reader, text, first, keys, places)) {
    const of = found.get(rowText(row, first.key.scope));
    if (of === undefined) continue;
    const sums = row.sums === undefined ? null : picked(columns, row.sums);
    if (sums !== null) of.sums.set(row.at * 1_000, sums);
    if (row.buckets !== undefined && sums?.timed !== 0) of.percentiles.set(row.at * 1_000, row.buckets);
  }
  for (const question of questions) {
    const of = found.get(keyText(question.key)) as Found;
    answers.set(question, question.part === "percentiles" ? of.percentiles : of.sums);
  }
}

interface Found {
  readonly sums: Map<number, Sums>;
  readonly percentiles: Map<number, readonly number[]>;
}

function picked(columns: readonly Column[], sums: readonly number[]): Sums {
  const found: Partial<Record<Column, number>> = {};
  for (let i = 0; i < columns.length; i++) found[columns[i] as Column] = sums[i] as number;
  return found as Sums;
}

async function readKeys<Row>(
  reader: SqlReader,
  text: Text,
  { table, range }: Pick<Question, "table" | "range">,
  keys: readonly EntityKey[],
  params: Readonly<Record<string, string>> = {},
): Promise<Row[]> {
  const [first] = keys as [EntityKey];
  const scope = keys.every((key) => key.scope === first.scope) ? first.scope : "any";
  const step = range.stepMs / 1_000;
  return await reader.query<Row>(text(table, scope), { ...params, table, ...seconds(range), step, ...keyArrays(keys) });
}

/** Those of one entity stay together. */
function chunks(questions: readonly Question[]): (readonly Question[])[] {
  const entities = [...Map.groupBy(questions, ({ key }) => keyText(key)).values()];
  const count = Math.ceil(entities.length / ENTITIES_PER_STATEMENT);
  return Array.from({ length: count }, (_, i) =>
    entities.slice(i * ENTITIES_PER_STATEMENT, (i + 1) * ENTITIES_PER_STATEMENT).flat(),
  );
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

function questionText({ table, range, key }: Omit<Question, "part" | "columns">): string {
  return [table, range.fromMs, range.toMs, range.stepMs, keyText(key)].join("\0");
}

function keyText({
  scope,
  service,
  normal,
  instance,
  endpoint,
  destService,
  destNormal,
  destInstance,
  detectPoint,
}: EntityKey): string {
  const ends = [service, Number(normal), instance, endpoint, destService, Number(destNormal), destInstance];
  return [scope, ...ends, detectPoint].join("\0");
}

/** The text of a row's key. `only`: the scope of rows that name none. */
function rowText(row: KeyColumns, only: Scope): string {
  const { scope = only, service, normal, instance = "", endpoint = "", dest_service = "", dest_normal = 0 } = row;
  const { dest_instance = "", detect_point = "" } = row;
  return [scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point].join("\0");
}

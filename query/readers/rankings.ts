/** Ranked entities. All rankings that one request asks of one table and range are read by one statement, as long as they use
 *  no more columns than it has places. */
import DataLoader from "dataloader";
import type { Column, Scope } from "../../oap/catalog/columns.ts";
import type { MetricValue } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { seconds, sqlByTable, tableOf } from "./sql.ts";

export interface Ranking {
  readonly scope: Scope;
  readonly value: MetricValue;
  /** Only what belongs to this service; null: of every service. */
  readonly service: { readonly service: string; readonly normal: boolean } | null;
  readonly order: "asc" | "des";
  readonly n: number;
}

export interface RankedEntity {
  readonly service: string;
  readonly normal: number;
  readonly instance: string;
  readonly endpoint: string;
  /** Mean of the values of all steps that have one, rounded down. */
  readonly mean: number;
}

interface Question {
  readonly table: string;
  readonly range: TimeRange;
  readonly ranking: Ranking;
}

const SQL = sqlByTable("rankings");
const COLUMNS_PER_STATEMENT = 8;
export const RANKED_MAX = 5_000;

/** One per request. */
export class Rankings {
  readonly #loader: DataLoader<Question, readonly RankedEntity[]>;

  constructor(reader: SqlReader) {
    this.#loader = new DataLoader((questions) => readAll(reader, questions));
  }

  async load(ranking: Ranking, range: TimeRange): Promise<readonly RankedEntity[]> {
    const table = tableOf(range.step);
    return table === null ? [] : await this.#loader.load({ table, range, ranking });
  }
}

/** What each question found; where its statement failed, why. */
type Answers = Map<Question, readonly RankedEntity[] | Error>;

async function readAll(reader: SqlReader, questions: readonly Question[]): Promise<(readonly RankedEntity[] | Error)[]> {
  const answers: Answers = new Map();
  const byRange = Map.groupBy(questions, ({ table, range }) => `${table} ${range.fromMs} ${range.toMs}`);
  const reading = [...byRange.values()].flatMap(packed).map((pack) =>
    readPack(reader, pack, answers).catch((error: Error) => {
      for (const question of pack.questions) answers.set(question, error);
    }),
  );
  await Promise.all(reading);
  return questions.map((question) => answers.get(question) ?? []);
}

interface Pack {
  readonly columns: Column[];
  readonly questions: Question[];
}

/** Rankings into statements, each with no more columns than there are places. */
function packed(questions: readonly Question[]): Pack[] {
  const packs: Pack[] = [];
  for (const question of questions) {
    const used = columnsOf(question.ranking.value);
    const missing = (pack: Pack): Column[] => used.filter((column) => !pack.columns.includes(column));
    let pack = packs.find((one) => one.columns.length + missing(one).length <= COLUMNS_PER_STATEMENT);
    if (pack === undefined) {
      pack = { columns: [], questions: [] };
      packs.push(pack);
    }
    pack.columns.push(...missing(pack));
    pack.questions.push(question);
  }
  return packs;
}

function columnsOf({ parts, whole }: MetricValue): Column[] {
  return [...new Set([...parts.map(([column]) => column), typeof whole === "string" ? whole : whole.presence])];
}

async function readPack(reader: SqlReader, { columns, questions }: Pack, answers: Answers) {
  const { table, range } = questions[0] as Question;
  const rankings = questions.map(({ ranking }) => ranking);
  const rows = await reader.query<RankedEntity & { ranking: number }>(SQL(table), {
    table,
    ...seconds(range),
    ...Object.fromEntries(Array.from({ length: COLUMNS_PER_STATEMENT }, (_, i) => [`c${i + 1}`, columns[i] ?? "calls"])),
    ...formulas(rankings, columns, range.stepMs / 1_000),
    scopes: rankings.map(({ scope }) => scope),
    services: rankings.map(({ service }) => service?.service ?? ""),
    normals: rankings.map(({ service }) => (service?.normal ? 1 : 0)),
    sign: rankings.map(({ order }) => (order === "asc" ? 1 : -1)),
    n: Math.min(RANKED_MAX, Math.max(...rankings.map(({ n }) => n))),
  });
  const byRanking = Map.groupBy(rows, (row) => row.ranking);
  for (const [i, question] of questions.entries())
    answers.set(question, (byRanking.get(i + 1) ?? []).slice(0, question.ranking.n));
}

function formulas(rankings: readonly Ranking[], columns: readonly Column[], stepSeconds: number) {
  const place = (column: Column): number => columns.indexOf(column) + 1;
  const part = (i: number) => rankings.map(({ value: { parts } }) => parts[i] ?? ([parts[0]?.[0] ?? "calls", 0] as const));
  const wholes = rankings.map(({ value: { whole } }) => whole);
  return {
    a: part(0).map(([column]) => place(column)),
    weight_a: part(0).map(([, weight]) => weight),
    b: part(1).map(([column]) => place(column)),
    weight_b: part(1).map(([, weight]) => weight),
    scale: rankings.map(({ value: { scale, whole } }) => (typeof whole === "string" ? scale : scale * whole.perSeconds)),
    over: wholes.map((whole) => (typeof whole === "string" ? place(whole) : 0)),
    time: wholes.map(() => stepSeconds),
    seen: wholes.map((whole) => place(typeof whole === "string" ? whole : whole.presence)),
  };
}

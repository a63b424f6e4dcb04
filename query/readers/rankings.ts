/** Ranked entities. All rankings that one request asks of one table and range are read by one statement, as long as there are
 *  places for them and for the columns they use. */
import DataLoader from "dataloader";
import type { Column, Scope } from "../../oap/catalog/columns.ts";
import { columnsOf, type MetricValue, presenceOf } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { numbered, seconds, sqlByTable, sqlConditions, tableOf } from "./sql.ts";

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

const RANKED = sqlByTable("rankings");
const TOTALS = sqlByTable("ranking-totals");
const VALUES = sqlConditions("ranking-values");
/** Of rankings, and of columns. */
const PLACES = 8;
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

/** Rankings into statements, each with no more of them, and of their columns, than there are places. */
function packed(questions: readonly Question[]): Pack[] {
  const packs: Pack[] = [];
  for (const question of questions) {
    const used = columnsOf(question.ranking.value);
    const missing = (pack: Pack): Column[] => used.filter((column) => !pack.columns.includes(column));
    let pack = packs.find((one) => one.questions.length < PLACES && one.columns.length + missing(one).length <= PLACES);
    if (pack === undefined) {
      pack = { columns: [], questions: [] };
      packs.push(pack);
    }
    pack.columns.push(...missing(pack));
    pack.questions.push(question);
  }
  return packs;
}

async function readPack(reader: SqlReader, { columns, questions }: Pack, answers: Answers): Promise<void> {
  const { table, range } = questions[0] as Question;
  const rankings = questions.map(({ ranking }) => ranking);
  const params = {
    table,
    ...seconds(range),
    ...inPlaces(columns, (column) => ({ c: column })),
    ...inPlaces(rankings, ({ value }) => formula(value, columns, range.stepMs / 1_000)),
    scopes: rankings.map(({ scope }) => scope),
    services: rankings.map(({ service }) => service?.service ?? ""),
  };
  const read = rankings.every(({ service }) => service !== null) ? readTotals : readRanked;
  const ranked = await read(reader, columns, rankings, params);
  for (const [i, question] of questions.entries()) answers.set(question, ranked[i] ?? []);
}

type Params = Readonly<Record<string, unknown>>;

/** All rankings have a service: what belongs to it is read, and ranked here. */
async function readTotals(
  reader: SqlReader,
  columns: readonly Column[],
  rankings: readonly Ranking[],
  { table, ...params }: Params,
): Promise<RankedEntity[][]> {
  type Row = Omit<RankedEntity, "mean"> & { scope: Scope; totals: number[]; steps: number[] };
  const text = numbered(TOTALS(String(table)), columns.length)
    .replace("{{values}}", () => each(rankings, kindOf))
    .replace("{{seen}}", () => each(rankings, () => "seen"));
  const rows = await reader.query<Row>(text, { table, ...params });
  return rankings.map(({ scope, service, order, n }, i) => {
    const isRanked = (row: Row): boolean =>
      row.scope === scope &&
      row.service === service?.service &&
      row.normal === Number(service.normal) &&
      (row.steps[i] as number) > 0;
    const found = rows.filter(isRanked).map(({ scope: _, totals, steps, ...entity }) => ({
      ...entity,
      mean: Math.trunc((totals[i] as number) / (steps[i] as number)),
    }));
    const sign = order === "asc" ? 1 : -1;
    const byPlace = (a: RankedEntity, b: RankedEntity): number =>
      sign * (a.mean - b.mean) || compare(a.instance, b.instance) || compare(a.endpoint, b.endpoint);
    return found.sort(byPlace).slice(0, n);
  });
}

async function readRanked(
  reader: SqlReader,
  columns: readonly Column[],
  rankings: readonly Ranking[],
  { table, ...params }: Params,
): Promise<RankedEntity[][]> {
  const names = columns.map((_, i) => `v${i + 1}`).join(", ");
  const text = numbered(RANKED(String(table)), columns.length)
    .replace("{{totals}}", () => each(rankings, kindOf, (value) => `arraySum((${names}) -> ${value}, ${names})`))
    .replace("{{steps}}", () => each(rankings, () => "steps"));
  const rows = await reader.query<RankedEntity & { ranking: number }>(text, {
    table,
    ...params,
    normals: rankings.map(({ service }) => (service?.normal ? 1 : 0)),
    sign: rankings.map(({ order }) => (order === "asc" ? 1 : -1)),
    n: Math.min(RANKED_MAX, Math.max(...rankings.map(({ n }) => n))),
  });
  const byRanking = Map.groupBy(rows, (row) => row.ranking);
  return rankings.map(({ n }, i) => (byRanking.get(i + 1) ?? []).slice(0, n));
}

/** An expression of ranking-values.sql for each ranking: each function that is named costs as much to plan as it does to run, so that none is there in vain. */
function each(
  rankings: readonly Ranking[],
  name: (ranking: Ranking) => string,
  within = (value: string): string => value,
): string {
  return rankings.map((ranking, i) => within((VALUES.get(name(ranking)) as string).replaceAll("#", String(i + 1)))).join(",\n");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function kindOf({ value: { parts, whole } }: Ranking): string {
  return `${typeof whole === "string" ? "ratio" : "rate"}${parts.length === 1 ? "" : "_of_two"}`;
}

/** Parameters of each of some things, their names with its number. */
function inPlaces<T>(things: readonly T[], of: (thing: T) => Readonly<Record<string, string | number>>) {
  const places = things.flatMap((thing, i) =>
    Object.entries(of(thing)).map(([name, value]) => [`${name}${i + 1}`, value] as const),
  );
  return Object.fromEntries(places);
}

function formula(value: MetricValue, columns: readonly Column[], stepSeconds: number): Record<string, string | number> {
  const { parts, scale, whole } = value;
  const place = (column: Column): string => `v${columns.indexOf(column) + 1}`;
  const [[a, weightA], second] = parts as [MetricValue["parts"][number], MetricValue["parts"][number]?];
  const scaled = scale * (typeof whole === "string" ? 1 : whole.perSeconds);
  const common = { a: place(a), seen: place(presenceOf(value)), time: stepSeconds };
  if (second === undefined) return { ...common, scale: scaled * weightA };
  const [b, weightB] = second;
  return { ...common, scale: scaled, weight_a: weightA, b: place(b), weight_b: weightB };
}

/** The rankings of one statement: of the mesh, ranked by ClickHouse, or of services, ranked here. */
import type { Column, Scope } from "../../oap/catalog/columns.ts";
import { type MetricValue, presenceOf } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { numbered, seconds, sqlByTable, sqlFragments } from "./sql.ts";

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

/** Of one table and range; `columns`: all that the rankings use. */
export interface RankingQuestion {
  readonly table: string;
  readonly range: TimeRange;
  readonly columns: readonly Column[];
  readonly rankings: readonly Ranking[];
}

const RANKED = sqlByTable("rankings");
const TOTALS = sqlByTable("ranking-totals");
const VALUES = sqlFragments("ranking-values");
export const RANKED_MAX = 5_000;

/** What each ranking found, in its order. */
export function readRankings(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  return question.rankings.every(({ service }) => service !== null) ? readTotals(reader, question) : readRanked(reader, question);
}

/** All rankings have a service: what belongs to it is read, and ranked here. */
async function readTotals(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  const { table, columns, rankings } = question;
  const text = numbered(TOTALS(table), columns.length)
    .replace("{{values}}", () => each(rankings, kindOf))
    .replace("{{seen}}", () => each(rankings, () => "seen"));
  const rows = await reader.query<TotalsRow>(text, paramsOf(question));
  return rankings.map((ranking, i) => rankedBy(rows, ranking, i));
}

type TotalsRow = Omit<RankedEntity, "mean"> & {
  readonly scope: Scope;
  readonly totals: readonly number[];
  readonly steps: readonly number[];
};

function rankedBy(rows: readonly TotalsRow[], { scope, service, order, n }: Ranking, i: number): RankedEntity[] {
  const isRanked = (row: TotalsRow): boolean =>
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
}

async function readRanked(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  const { table, columns, rankings } = question;
  const names = columns.map((_, i) => `v${i + 1}`).join(", ");
  const text = numbered(RANKED(table), columns.length)
    .replace("{{totals}}", () => each(rankings, kindOf, (value) => `arraySum((${names}) -> ${value}, ${names})`))
    .replace("{{steps}}", () => each(rankings, () => "steps"));
  const rows = await reader.query<RankedEntity & { ranking: number }>(text, {
    ...paramsOf(question),
    normals: rankings.map(({ service }) => (service?.normal ? 1 : 0)),
    sign: rankings.map(({ order }) => (order === "asc" ? 1 : -1)),
    n: Math.min(RANKED_MAX, Math.max(...rankings.map(({ n }) => n))),
  });
  const byRanking = Map.groupBy(rows, (row) => row.ranking);
  return rankings.map(({ n }, i) => (byRanking.get(i + 1) ?? []).slice(0, n));
}

function paramsOf({ table, range, columns, rankings }: RankingQuestion): Record<string, unknown> {
  return {
    table,
    ...seconds(range),
    ...inPlaces(columns, (column) => ({ c: column })),
    ...inPlaces(rankings, ({ value }) => formula(value, columns, range.stepMs / 1_000)),
    scopes: rankings.map(({ scope }) => scope),
    services: rankings.map(({ service }) => service?.service ?? ""),
  };
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

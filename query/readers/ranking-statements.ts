/** The rankings of one statement: of the mesh, ranked by ClickHouse, or of services, ranked here. */
import type { Column, Scope } from "../../oap/catalog/columns.ts";
import { type MetricValue, presenceOf, readValue } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import type { Slice } from "../slices.ts";
import { numbered, type PartOfScopes, seconds, sql, sqlBySlices, sqlFragments } from "./sql.ts";

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
  /** A share or a mean: that of the whole range. A rate: that of the steps in which there was something. Rounded down. */
  readonly value: number;
}

/** Of one table and range; `columns`: all that the rankings use. */
export interface RankingQuestion {
  /** With a row for each step. */
  readonly table: string;
  readonly range: TimeRange;
  /** What holds the same sums in fewer rows. */
  readonly slices: readonly Slice[];
  readonly columns: readonly Column[];
  readonly rankings: readonly Ranking[];
}

const RANKED = sql("rankings");
const TOTALS = sqlBySlices("ranking-totals");
const VALUES = sqlFragments("ranking-values");
export const RANKED_MAX = 5_000;

/** What each ranking found, in its order. */
export function readRankings(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  return question.rankings.every(({ service }) => service !== null) ? readTotals(reader, question) : readRanked(reader, question);
}

/** All rankings have a service: what belongs to it is few, and ranked here. */
async function readTotals(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  const { text, params } = totalsOf(question, [stepsOf(question, scopesOf(question.rankings))]);
  const rows = await reader.query<TotalsRow>(text, { ...params, ...paramsOf(question) });
  return question.rankings.map((ranking) => rankedBy(rows, ranking, question));
}

type TotalsRow = Omit<RankedEntity, "value"> & { readonly scope: Scope } & Readonly<
    Record<`v${number}` | `steps${number}`, number>
  >;

function rankedBy(rows: readonly TotalsRow[], ranking: Ranking, { columns, rankings, range }: RankingQuestion): RankedEntity[] {
  const { scope, value, service: of, order, n } = ranking;
  const stepsOf = ratesOf(rankings).indexOf(presenceOf(value)) + 1;
  const found: RankedEntity[] = [];
  for (const row of rows) {
    if (row.scope !== scope || row.service !== of?.service || row.normal !== Number(of.normal)) continue;
    const sums = Object.fromEntries(columns.map((column, i) => [column, row[`v${i + 1}`]])) as Record<Column, number>;
    const read = readValue(value, sums, (row[`steps${stepsOf}`] ?? 0) * (range.stepMs / 1_000));
    const { service, normal, instance, endpoint } = row;
    if (read !== null) found.push({ service, normal, instance, endpoint, value: read });
  }
  const sign = order === "asc" ? 1 : -1;
  const byPlace = (a: RankedEntity, b: RankedEntity): number =>
    sign * (a.value - b.value) || compare(a.instance, b.instance) || compare(a.endpoint, b.endpoint);
  return found.sort(byPlace).slice(0, n);
}

async function readRanked(reader: SqlReader, question: RankingQuestion): Promise<RankedEntity[][]> {
  const { rankings } = question;
  const totals = totalsOf(question, partsOf(question));
  const text = RANKED.replace("{{values}}", () => rankings.map(({ value }, i) => part(kindOf(value), i)).join(",\n"))
    .replace("{{seen}}", () => rankings.map((_, i) => part("seen", i)).join(", "))
    .replace(
      "{{candidates}}",
      () => VALUES.get(rankings.some(({ service }) => service !== null) ? "of_services" : "of_mesh") as string,
    )
    .replace("{{totals}}", () => totals.text);
  const rows = await reader.query<RankedEntity & { ranking: number }>(text, {
    ...totals.params,
    ...paramsOf(question),
    normals: rankings.map(({ service }) => (service?.normal ? 1 : 0)),
    sign: rankings.map(({ order }) => (order === "asc" ? 1 : -1)),
    n: Math.min(RANKED_MAX, Math.max(...rankings.map(({ n }) => n))),
  });
  const byRanking = Map.groupBy(rows, (row) => row.ranking);
  return rankings.map(({ n }, i) => (byRanking.get(i + 1) ?? []).slice(0, n));
}

/** Entities of the whole mesh: in how many steps there was something, which rates are taken over, only rows of a step tell. */
function partsOf(question: RankingQuestion): PartOfScopes[] {
  const { table, slices, rankings } = question;
  const isRate = ({ value }: Ranking): boolean => typeof value.whole !== "string";
  const rates = scopesOf(rankings.filter(isRate));
  const others = scopesOf(rankings).filter((scope) => !rates.includes(scope));
  if (slices.length === 1 && slices[0]?.table === table) return [stepsOf(question, [...rates, ...others])];
  return [
    ...(rates.length === 0 ? [] : [stepsOf(question, rates)]),
    ...(others.length === 0 ? [] : slices.map((slice) => ({ ...slice, scopes: others }))),
  ];
}

function stepsOf({ table, range: { fromMs, toMs } }: RankingQuestion, scopes: readonly Scope[]): PartOfScopes {
  return { table, fromMs, toMs, scopes };
}

function scopesOf(rankings: readonly Ranking[]): Scope[] {
  return [...new Set(rankings.map(({ scope }) => scope))];
}

function totalsOf({ range, columns, rankings }: RankingQuestion, slices: readonly PartOfScopes[]) {
  const steps = (range.toMs - range.fromMs) / range.stepMs <= 64 ? "steps_of_64" : "steps";
  const [scope, ...others] = scopesOf(rankings);
  const isTold = (name: Scope): boolean => scope === name || others.includes(name);
  const key = [
    "service",
    "normal",
    ...(others.length > 0 ? ["scope"] : []),
    ...(["instance", "endpoint"] as const).filter(isTold),
  ];
  const nameless = { scope: `'${scope}'`, instance: "''", endpoint: "''" };
  const constants = Object.entries(nameless).flatMap(([name, value]) => (key.includes(name) ? [] : [`${value} AS ${name}`]));
  const totals = TOTALS({ slices });
  const areOfServices = rankings.every(({ service }) => service !== null);
  const text = numbered(totals.text, columns.length)
    .replaceAll("{{services}}", areOfServices ? "service IN {services:Array(String)} AND " : "")
    .replace("{{names}}", () => [...key, ...constants].join(", "))
    .replace("{{key}}", () => key.join(", "))
    .replace("{{steps}}", () =>
      ratesOf(rankings)
        .map((_, i) => part(steps, i))
        .join(" "),
    );
  return { text, params: totals.params };
}

function paramsOf({ range, columns, rankings }: RankingQuestion): Record<string, unknown> {
  const rates = ratesOf(rankings);
  return {
    from: seconds(range).from,
    step: range.stepMs / 1_000,
    ...inPlaces(columns, (column) => ({ c: column })),
    ...inPlaces(rates, (column) => ({ step_of: column })),
    ...inPlaces(rankings, ({ value }) => formula(value, columns, rates)),
    scopes: rankings.map(({ scope }) => scope),
    services: rankings.map(({ service }) => service?.service ?? ""),
  };
}

/** Columns of which the steps are counted in which they are not 0: those that the rates among the rankings are there by. */
function ratesOf(rankings: readonly Ranking[]): Column[] {
  return [...new Set(rankings.flatMap(({ value }) => (typeof value.whole === "string" ? [] : [value.whole.presence])))];
}

/** Of ranking-values.sql, for the ranking or column of this place from 0. */
function part(name: string, place: number): string {
  return (VALUES.get(name) as string).replaceAll("#", String(place + 1));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function kindOf({ parts, whole }: MetricValue): string {
  return `${typeof whole === "string" ? "ratio" : "rate"}${parts.length === 1 ? "" : "_of_two"}`;
}

/** Parameters of each of some things, their names with its number. */
function inPlaces<T>(things: readonly T[], of: (thing: T) => Readonly<Record<string, string | number>>) {
  const places = things.flatMap((thing, i) =>
    Object.entries(of(thing)).map(([name, value]) => [`${name}${i + 1}`, value] as const),
  );
  return Object.fromEntries(places);
}

function formula(value: MetricValue, columns: readonly Column[], rates: readonly Column[]): Record<string, string | number> {
  const { parts, scale, whole } = value;
  const place = (column: Column): string => `v${columns.indexOf(column) + 1}`;
  const [[a, weightA], second] = parts as [MetricValue["parts"][number], MetricValue["parts"][number]?];
  const scaled = scale * (typeof whole === "string" ? 1 : whole.perSeconds);
  const steps = `steps${rates.indexOf(presenceOf(value)) + 1}`;
  const common = { a: place(a), seen: place(presenceOf(value)), steps };
  if (second === undefined) return { ...common, scale: scaled * weightA };
  const [b, weightB] = second;
  return { ...common, scale: scaled, weight_a: weightA, b: place(b), weight_b: weightB };
}

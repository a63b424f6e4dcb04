/** What expressions over counted metrics must answer of the demo's mesh, by what was sent. */
import { edgeOf, type Tally, type TallyCounts, type TallyMinute } from "../../oap/demo/tally.ts";
import type { EntityInput } from "../../query/entity-input.ts";

type Points = readonly (number | null)[];

const SLA_MAX = 10_000;
const HUNDRED = 100;

/** The shapes that dashboards give a metric. */
const SHAPES: readonly (readonly [RegExp, (points: Points) => Points])[] = [
  [/^(\w+)$/, (points) => points],
  [/^(\w+)\/100$/, hundredth],
  [/^100 - (\w+)\/100$/, (points) => hundredth(points).map((one) => (one === null ? null : HUNDRED - one))],
  [/^avg\((\w+)\)$/, mean],
  [/^avg\((\w+)\)\/100$/, (points) => hundredth(mean(points))],
  [/^avg\((\w+)\/100\)$/, (points) => mean(hundredth(points))],
];

export class DemoNumbers {
  readonly tally: Tally;
  readonly #points: readonly number[];

  /** @param points starts of the minutes that are asked for, ms */
  constructor(tally: Tally, points: readonly number[]) {
    this.tally = tally;
    this.#points = points;
  }

  /** The texts of the points, one for an aggregation; undefined: of more than calls and failures. */
  of(expression: string, entity: EntityInput): (string | null)[] | undefined {
    for (const [pattern, shape] of SHAPES) {
      const metric = pattern.exec(expression)?.[1];
      const points = metric === undefined ? undefined : this.points(metric, entity);
      if (points !== undefined) return shape(points).map(textOf);
    }
    return undefined;
  }

  /** Of a metric, one for each minute; null where nothing was called. */
  points(metric: string, entity: EntityInput): Points | undefined {
    const counts = COUNTS[metric.replace(/_(cpm|call_sla|sla)$/, "")];
    if (counts === undefined) return undefined;
    const of = this.#points.map((at) => counts(this.tally.minutes[at], entity));
    if (metric.endsWith("_cpm")) return of.map((one) => one?.calls ?? null);
    if (metric.endsWith("sla")) return of.map((one) => (one === undefined ? null : slaOf(one)));
    return undefined;
  }

  /** Services with their mean calls per minute, the most first. */
  busiest(): [string, string][] {
    const names = new Set(this.#points.flatMap((at) => Object.keys(this.tally.minutes[at]?.services ?? {})));
    const means = [...names].map((name): [string, number] => {
      const [value] = mean(this.points("service_cpm", { serviceName: name, normal: true }) ?? []);
      return [name, Math.trunc(value ?? 0)];
    });
    return means.sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1)).map(([name, value]) => [name, String(value)]);
  }
}

const COUNTS: Readonly<Record<string, (minute: TallyMinute | undefined, entity: EntityInput) => TallyCounts | undefined>> = {
  service: (minute, { serviceName }) => minute?.services[serviceName ?? ""],
  /** What fails, fails at another endpoint than the busiest. */
  endpoint: (minute, { serviceName }) => {
    const all = minute?.services[serviceName ?? ""];
    return all === undefined ? undefined : { calls: all.calls - all.failed, failed: 0 };
  },
  service_relation_client: (minute, entity) => minute?.clientEdges[nameOf(entity)],
  service_relation_server: (minute, entity) => minute?.serverEdges[nameOf(entity)],
};

function nameOf({ serviceName, destServiceName }: EntityInput): string {
  return edgeOf(serviceName ?? "", destServiceName ?? "").name;
}

function slaOf({ calls, failed }: TallyCounts): number {
  return Math.floor(((calls - failed) * SLA_MAX) / calls);
}

function hundredth(points: Points): Points {
  return points.map((one) => (one === null ? null : one / HUNDRED));
}

function mean(points: Points): Points {
  const seen = points.filter((one) => one !== null);
  return [seen.length === 0 ? null : seen.reduce((sum, one) => sum + one, 0) / seen.length];
}

/** At most three decimals. */
function textOf(value: number | null): string | null {
  return value === null ? null : String(Math.round(value * 1_000) / 1_000);
}

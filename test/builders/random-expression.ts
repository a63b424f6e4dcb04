/** Expressions at random, of every kind the language has: the same for the same numbers. */
import { LEVELS } from "../../query/expression/parse.ts";
import type {
  AttributeCondition,
  Expression,
  LabelCondition,
  MetricExpression,
  Order,
  TopNExpression,
} from "../../query/expression/tree.ts";
import { AGGREGATIONS, ATTRIBUTES, BANDS, FOLDS } from "../../query/expression/words.ts";

const METRICS = [
  "service_cpm",
  "service_sla",
  "service_percentile",
  "endpoint_cpm",
  "service_instance_resp_time",
  "nope",
  "4xx",
  "p",
];
const KEYS = ["p", "percentile", "zone", "_", "0_x"];
const TEXTS = ["50", "99", "P50", "", " a b ", "it's", 'say "x"', "é∞", "MESH"];
const NUMBERS = [0, 1, 2, 0.5, 100, 10_000, 1e21, 0.000_001, 1 / 3];
const OPERATORS = LEVELS.flat();

export class RandomExpression {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** At most `depth` calls and operators deep. */
  next(depth: number): Expression {
    if (depth <= 0) return this.#below(3) === 0 ? { kind: "number", value: this.#of(NUMBERS) } : this.#metric();
    const of = (): Expression => this.next(depth - 1 - this.#below(2));
    const makers: readonly (() => Expression)[] = [
      () => ({ kind: "binary", operator: this.#of(OPERATORS), left: of(), right: of() }),
      () => ({ kind: "binary", operator: this.#of(OPERATORS), left: of(), right: of() }),
      () => ({ kind: "aggregate", fn: this.#of(AGGREGATIONS), of: of() }),
      () => ({ kind: "math", fn: this.#of(["abs", "ceil", "floor"]), of: of() }),
      () => ({ kind: "round", of: of(), places: this.#of([0, 1, 3, 30, 500]) }),
      () => ({ kind: "trend", fn: this.#of(["increase", "rate"]), of: this.#metric(), steps: this.#of([0, 1, 7, 500, 501]) }),
      () => this.#topN(),
      () => ({ kind: "topNOf", of: this.#some(() => this.#topN(), 1), n: this.#n(), order: this.#order() }),
      () => ({ kind: "relabels", of: of(), from: this.#label(), to: this.#label() }),
      () => ({ kind: "aggregateLabels", of: of(), fn: this.#of(FOLDS), labels: this.#some(() => this.#of(KEYS)) }),
      () => ({ kind: "sortValues", of: of(), n: this.#n(), order: this.#order(), fn: this.#of(AGGREGATIONS) }),
      () => ({ kind: "sortLabelValues", of: of(), order: this.#order(), labels: this.#some(() => this.#of(KEYS), 1) }),
      () => ({ kind: "viewAsSeq", of: this.#some(of, 1) }),
      () => ({ kind: "isPresent", of: this.#some(of, 1) }),
      () => ({ kind: "baseline", of: this.#metric(), band: this.#of(BANDS) }),
    ];
    return this.#of(makers)();
  }

  #metric(): MetricExpression {
    return { kind: "metric", name: this.#of(METRICS), labels: this.#below(3) === 0 ? this.#some(() => this.#label()) : [] };
  }

  #topN(): TopNExpression {
    const attribute = (): AttributeCondition => {
      return { attribute: this.#of(ATTRIBUTES), equal: this.#below(2) === 0, value: this.#of(TEXTS) };
    };
    const attributes = this.#below(3) === 0 ? this.#some(attribute) : [];
    return { kind: "topN", of: this.#metric(), n: this.#n(), order: this.#order(), attributes };
  }

  /** Values cannot hold both kinds of quotes, nor commas: those part them. */
  #label(): LabelCondition {
    const values = this.#some(() => this.#of(TEXTS), 1);
    const isMixed = values.join("").includes("'") && values.join("").includes('"');
    return { key: this.#of(KEYS), values: isMixed ? ["x"] : values };
  }

  #order(): Order {
    return this.#of(["asc", "des"]);
  }

  #n(): number {
    return this.#of([0, 1, 3, 10, 5_000, 1e9]);
  }

  #some<T>(make: () => T, least = 0): T[] {
    return Array.from({ length: least + this.#below(3) }, make);
  }

  #of<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  #below(max: number): number {
    return Math.floor(this.#random() * max);
  }
}

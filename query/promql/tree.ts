/** What a query is parsed into. */
export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "^";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type SetOperator = "and" | "or" | "unless";
export type Operator = Arithmetic | Comparison | SetOperator;

export const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(["==", "!=", "<", "<=", ">", ">="]);
export const SET_OPERATORS: ReadonlySet<string> = new Set<SetOperator>(["and", "or", "unless"]);

export interface Matcher {
  readonly label: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** Series of a metric. A name is a matcher of the label __name__, too. */
export interface Selector {
  readonly kind: "selector";
  readonly matchers: readonly Matcher[];
  /** So far back, ms. */
  readonly offsetMs: number;
}

/** All points of series in so much time before a moment. */
export interface RangeSelector {
  readonly kind: "range";
  readonly of: Selector;
  readonly rangeMs: number;
}

/** Which series of two sides meet. */
export interface Matching {
  /** On these labels, or on all but these. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have several series for one of the other. */
  readonly many: "left" | "right" | null;
  /** Labels that the side of many takes over from the other. */
  readonly include: readonly string[];
}

export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
  /** A comparison answers 1 or 0, instead of dropping what does not hold. */
  readonly bool: boolean;
  /** null: on all labels. */
  readonly matching: Matching | null;
}

export const AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group", "topk", "bottomk"] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export interface AggregateExpression {
  readonly kind: "aggregate";
  readonly fn: Aggregation;
  readonly of: Expression;
  /** How many, of topk and bottomk. */
  readonly parameter: Expression | null;
  readonly grouping: { readonly by: boolean; readonly labels: readonly string[] } | null;
}

export interface CallExpression {
  readonly kind: "call";
  readonly fn: string;
  readonly args: readonly Expression[];
}

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "paren"; readonly of: Expression }
  | { readonly kind: "negative"; readonly of: Expression }
  | Selector
  | RangeSelector
  | BinaryExpression
  | AggregateExpression
  | CallExpression;

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "number":
    case "string":
    case "selector":
    case "range":
      return [];
    case "paren":
    case "negative":
      return [expression.of];
    case "binary":
      return [expression.left, expression.right];
    case "aggregate":
      return expression.parameter === null ? [expression.of] : [expression.parameter, expression.of];
    case "call":
      return expression.args;
  }
}

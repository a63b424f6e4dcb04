/** An expression as a tree. Parentheses are gone: the tree is what they said. */
export type Aggregation = "avg" | "sum" | "max" | "min" | "latest" | "count";
/** Folds that several values of one point can have. */
export type Fold = "avg" | "sum" | "max" | "min";
export type Arithmetic = "+" | "-" | "*" | "/" | "%";
export type Comparison = "==" | "!=" | "<=" | "<" | ">=" | ">";
export type Operator = Arithmetic | Comparison | "&&" | "||";
export type Order = "asc" | "des";

export interface LabelCondition {
  readonly key: string;
  readonly values: readonly string[];
}

export interface AttributeCondition {
  readonly attribute: string;
  readonly equal: boolean;
  readonly value: string;
}

export interface MetricExpression {
  readonly kind: "metric";
  readonly name: string;
  readonly labels: readonly LabelCondition[];
}

export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

/** Increase over `steps` steps, or that by second. */
export interface TrendExpression {
  readonly kind: "trend";
  readonly fn: "increase" | "rate";
  readonly of: MetricExpression;
  readonly steps: number;
}

export interface TopNExpression {
  readonly kind: "topN";
  readonly of: MetricExpression;
  readonly n: number;
  readonly order: Order;
  readonly attributes: readonly AttributeCondition[];
}

export interface BaselineExpression {
  readonly kind: "baseline";
  readonly of: MetricExpression;
  readonly band: "value" | "upper" | "lower";
}

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | MetricExpression
  | BinaryExpression
  | { readonly kind: "aggregate"; readonly fn: Aggregation; readonly of: Expression }
  | { readonly kind: "math"; readonly fn: "abs" | "ceil" | "floor"; readonly of: Expression }
  | { readonly kind: "round"; readonly of: Expression; readonly places: number }
  | TrendExpression
  | TopNExpression
  | { readonly kind: "topNOf"; readonly of: readonly TopNExpression[]; readonly n: number; readonly order: Order }
  | { readonly kind: "relabels"; readonly of: Expression; readonly from: LabelCondition; readonly to: LabelCondition }
  | { readonly kind: "aggregateLabels"; readonly of: Expression; readonly fn: Fold; readonly labels: readonly string[] }
  | { readonly kind: "sortValues"; readonly of: Expression; readonly n: number; readonly order: Order; readonly fn: Aggregation }
  | { readonly kind: "sortLabelValues"; readonly of: Expression; readonly order: Order; readonly labels: readonly string[] }
  | { readonly kind: "viewAsSeq"; readonly of: readonly Expression[] }
  | { readonly kind: "isPresent"; readonly of: readonly Expression[] }
  | BaselineExpression;

/** What an expression is made of; the metric of a function that takes a bare one counts as part of it. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "number":
    case "metric":
    case "trend":
    case "topN":
    case "baseline":
      return [];
    case "binary":
      return [expression.left, expression.right];
    case "topNOf":
    case "viewAsSeq":
    case "isPresent":
      return expression.of;
    default:
      return [expression.of];
  }
}

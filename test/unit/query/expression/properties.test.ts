/** What holds for every expression. */
import { expect, test } from "vitest";
import { Budget } from "../../../../query/expression/budget.ts";
import { evaluate, type MetricReader } from "../../../../query/expression/evaluate.ts";
import type { Leaf } from "../../../../query/expression/leaves.ts";
import { SyntaxFault } from "../../../../query/expression/lex.ts";
import { parse } from "../../../../query/expression/parse.ts";
import { print } from "../../../../query/expression/print.ts";
import { formatValue, type Result, ranked, type Series, timeSeries } from "../../../../query/expression/result.ts";
import { BOOSTER, HORIZON } from "../../../builders/dashboards.ts";
import { RandomExpression } from "../../../builders/random-expression.ts";
import { mulberry32 } from "../../../harness/random.ts";

const ROUNDS = 3_000;
const POINTS = 5;
const MINUTE_MS = 60_000;
const RANGE = { fromMs: 0, toMs: POINTS * MINUTE_MS, step: "MINUTE", stepMs: MINUTE_MS } as const;

test("an expression that is written and parsed again is the same tree", () => {
  const random = new RandomExpression(mulberry32(1));
  for (let round = 0; round < ROUNDS; round++) {
    const tree = random.next(5);
    const text = print(tree);
    expect([text, parse(text)]).toEqual([text, tree]);
  }
});

test("so is every expression of the dashboards", () => {
  for (const text of [...BOOSTER, ...HORIZON].flatMap(({ expressions }) => expressions))
    expect([text, parse(print(parse(text)))]).toEqual([text, parse(text)]);
});

test("spaces between tokens mean nothing", () => {
  const random = new RandomExpression(mulberry32(2));
  for (let round = 0; round < 500; round++) {
    const tree = random.next(4);
    const spaced = print(tree).replaceAll(/'[^']*'|"[^"]*"|&&|\|\||[!=<>]=|[-()+*/%{},=<>]/g, (token) => `\n ${token}\t`);
    expect([spaced, parse(spaced)]).toEqual([spaced, tree]);
  }
});

test("whatever text is sent is parsed, or refused with a column within it", () => {
  const random = mulberry32(3);
  const expressions = new RandomExpression(random);
  const below = (max: number): number => Math.floor(random() * max);
  const junk = [
    "(",
    ")",
    "{",
    "}",
    ",",
    "=",
    "==",
    "&&",
    "|",
    "'",
    '"',
    "1",
    ".",
    "avg",
    "top_n(",
    "é",
    "\0",
    "bool",
    "des",
    " ",
  ];
  for (let round = 0; round < ROUNDS; round++) {
    const text = print(expressions.next(3));
    const at = below(text.length + 1);
    const torn = text.slice(0, at) + (junk[below(junk.length)] ?? "") + text.slice(at + below(4));
    const fault = faultOf(torn);
    if (fault === null) continue;
    const column = Number(/^line 1:(\d+) ./.exec(fault)?.[1] ?? -1);
    expect([torn, column >= 0 && column <= torn.length]).toEqual([torn, true]);
  }
});

function faultOf(text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
}

/** Values at random: numbers of all kinds, and nothing. */
function randomReader(random: () => number, budget: Budget): MetricReader {
  const value = (): number | null => [null, null, 0, 1, 10_000, Math.floor(random() * 1e6)][Math.floor(random() * 6)] ?? null;
  const values = (count: number, id: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ({ id: id(i), owner: null, value: value() }));
  const series = (before: number, p?: string): Series => ({
    labels: p === undefined ? [] : [{ key: "p", value: p }],
    values: values(before + POINTS, (i) => String((i - before) * MINUTE_MS)),
  });
  const read = async (leaf: Leaf): Promise<Result> => {
    if (leaf.kind === "ranked") return ranked(values(Math.min(leaf.top.n, 7), (i) => `entity ${i}`));
    if (leaf.metric.value !== "percentile") return timeSeries(false, [series(leaf.before)]);
    return timeSeries(true, random() < 0.2 ? [] : ["50", "75", "90", "95", "99"].map((p) => series(leaf.before, p)));
  };
  return { budget, read };
}

test("random expressions answer a well-formed result, whatever they are and whatever was seen", async () => {
  const random = mulberry32(4);
  const expressions = new RandomExpression(random);
  const types = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const text = print(expressions.next(6));
    const result = await evaluate(text, {}, RANGE, randomReader(random, new Budget(2_000_000, () => {})));
    types.add(result.type);
    expect([text, wellFormed(result)]).toEqual([text, true]);
  }
  expect([...types].sort()).toEqual(["SINGLE_VALUE", "SORTED_LIST", "TIME_SERIES_VALUES", "UNKNOWN"]);
});

function wellFormed({ type, labeled, compared, series, error }: Result): boolean {
  const lengths = new Set(series.map(({ values }) => values.length));
  const values = series.flatMap((one) => one.values.map(({ value }) => value));
  const fits = {
    UNKNOWN: series.length === 0,
    SINGLE_VALUE: lengths.size === 0 || (lengths.size === 1 && lengths.has(1)),
    TIME_SERIES_VALUES: lengths.size === 0 || (lengths.size === 1 && lengths.has(POINTS)),
    SORTED_LIST: series.length === 1,
    RECORD_LIST: false,
  }[type];
  const isText = values.every((value) => value === null || /^-?\d+(\.\d{1,3})?$|^-?∞$|^NaN$/.test(formatValue(value)));
  const isTruth = !compared || values.every((value) => value === null || value === 0 || value === 1);
  return fits && isText && isTruth && (labeled || series.length <= 1) && (error === null || error.length > 0);
}

test("random expressions never go beyond their budget, and are refused for nothing else where it is large", async () => {
  const random = mulberry32(5);
  const expressions = new RandomExpression(random);
  let refusals = 0;
  for (let round = 0; round < 1_000; round++) {
    const text = print(expressions.next(5));
    const valuesMax = 1 + Math.floor(random() * 200);
    let refused = 0;
    const budget = new Budget(valuesMax, () => refused++);
    const { error } = await evaluate(text, {}, RANGE, randomReader(mulberry32(round), budget));
    expect(budget.spent).toBeLessThanOrEqual(valuesMax);
    expect([text, refused === 1]).toEqual([text, error?.includes(`more than ${valuesMax} values`) ?? false]);
    refusals += refused;
    const large = new Budget(1_000_000, () => {});
    const free = await evaluate(text, {}, RANGE, randomReader(mulberry32(round), large));
    if (refused === 1) expect(large.spent).toBeGreaterThan(valuesMax);
    else expect([text, large.spent, free.error]).toEqual([text, budget.spent, error]);
  }
  expect(refusals).toBeGreaterThan(100);
});

test("&& and || are those of logic, and comparisons those of numbers", async () => {
  const random = mulberry32(6);
  for (let round = 0; round < 300; round++) {
    const budget = new Budget(1_000_000, () => {});
    const reader = randomReader(random, budget);
    const kept = new Map<string, Promise<Result>>();
    const same = { budget, read: (leaf: Leaf) => remembered(kept, leaf.metric.name, () => reader.read(leaf)) };
    const values = async (text: string) => (await evaluate(text, {}, RANGE, same)).series[0]?.values.map(({ value }) => value);
    const [a, b] = ["service_cpm > 1", "endpoint_cpm <= service_cpm"];
    const not = (text: string): string => `((${text}) == 0)`;
    expect(await values(not(`${a} && ${b}`))).toEqual(await values(`${not(a)} || ${not(b)}`));
    expect(await values(`${a} || ${b} && ${a}`)).toEqual(await values(a.concat(" || (", b, " && ", a, ")")));
    expect(await values("service_cpm < endpoint_cpm || service_cpm == endpoint_cpm || service_cpm > endpoint_cpm")).toEqual(
      await values("service_cpm * 0 + endpoint_cpm * 0 == 0"),
    );
  }
});

function remembered<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  return value;
}

import { buildSchema, parse } from "graphql";
import { expect, test } from "vitest";
import { LiftedLiterals } from "../../../query/lifted-literals.ts";

const SCHEMA = buildSchema(`
  enum Step { MINUTE HOUR }
  input Span { start: String!, step: Step!, tags: [String!] }
  type Value { id: ID, value(unit: String): Int }
  type Query { read(name: String!, span: Span, last: Int, cold: Boolean): Value, version: String }
  type Mutation { change(name: String!): Value }
`);
/** Longer than what is worth it. */
const FILL = `# ${"long ".repeat(500)}\n`;
const lifted = (text: string, literals = new LiftedLiterals(SCHEMA, 1_000)) => literals.of(FILL + text);

test("literals of the top fields' arguments become variables of their types, in the order of the text", () => {
  const question = lifted(
    'query Page { a: read(name: "x", span: { start: "now", step: HOUR, tags: ["t"] }, last: 3) { id value(unit: "s") } b: read(cold: true, name: "y") { id } version }',
  );
  expect(question?.variables).toEqual({
    _l0: "x",
    _l1: { start: "now", step: "HOUR", tags: ["t"] },
    _l2: 3,
    _l3: true,
    _l4: "y",
  });
  expect(question?.query.replaceAll(/\s+/g, " ")).toBe(
    'query Page($_l0: String!, $_l1: Span, $_l2: Int, $_l3: Boolean, $_l4: String!) { a: read(name: $_l0, span: $_l1, last: $_l2) { id value(unit: "s") } b: read(cold: $_l3, name: $_l4) { id } version }',
  );
  expect(() => parse(question?.query ?? "")).not.toThrow();
});

test("documents that differ in literals alone are one document", () => {
  const literals = new LiftedLiterals(SCHEMA, 1_000);
  const [one, other, third] = [
    '{ read(name: "x") { id } }',
    '{ read(name: "longer", ) { id } }',
    '{ read(name: "x") { value } }',
  ].map((text) => lifted(text, literals)?.query);
  expect(lifted('{ read(name: "z") { id } }', literals)?.query).toBe(one);
  expect(other?.replaceAll(/\s/g, "")).toBe(one?.replaceAll(/\s/g, ""));
  expect(third).not.toBe(one);
});

test.each([
  ["short documents", '{ read(name: "x") { id } }', ""],
  ["documents longer than any client's", '{ read(name: "x") { id } }', FILL.repeat(100)],
  ["variables", "query ($n: String!) { read(name: $n) { id } }", FILL],
  ["mutations", 'mutation { change(name: "x") { id } }', FILL],
  ["several operations", 'query A { read(name: "x") { id } } query B { version }', FILL],
  ["nothing to lift", "{ version }", FILL],
  ["a text that is none", "{ read(name: ", FILL],
  ["a literal of another type", "{ read(name: 7) { id } }", FILL],
  ["a word where a text is meant", '{ read(name: "x", span: { start: "now", step: "HOUR" }) { id } }', FILL],
  ["an argument that is not there", '{ read(nam: "x") { id } }', FILL],
  ["a field that is not there", '{ reed(name: "x") { id } }', FILL],
])("%s stay as they are", (_, text, fill) => {
  expect(new LiftedLiterals(SCHEMA, 1_000).of(fill + text)).toBeNull();
});

test("what has too many tokens is not read to its end", () => {
  expect(new LiftedLiterals(SCHEMA, 5).of(`${FILL}{ read(name: "x") { id } }`)).toBeNull();
});

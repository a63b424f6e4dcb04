/** Texts of clients are values, never part of a statement: hostile ones, in every place of every operation's arguments where a client can put a text.
 *  None makes ClickHouse complain, finds rows of anybody, or changes anything: all are answered as a name is that nobody has. */
import type { GraphQLField } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instanceId, serviceId } from "../../oap/model/entity.ts";
import { EMPTY_ANSWERS } from "../../query/empty-answers.ts";
import { buildQuerySchema } from "../../query/schema.ts";
import { logRow } from "../builders/log-row.ts";
import { selectionOf } from "../builders/question.ts";
import {
  argumentsWith,
  ENDPOINT,
  INSTANCE,
  type Place,
  SERVICE,
  type TextPlace,
  textPlaces,
} from "../builders/string-arguments.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const AT = "2026-03-01 10:16:00";
const NOBODY = "no-such-thing";
/** What can be given for an id: the text itself, and ids of what is named so. */
const FORMS = [(text: string) => text, (text: string) => serviceId(text), (text: string) => instanceId(SERVICE, text)] as const;
/** Read as times, as names of flags and as places in a list, and refused when they are none. */
const WITH_A_FORM = [
  "after",
  "condition.queryDuration.end",
  "condition.queryDuration.start",
  "duration.end",
  "duration.start",
  "filter.flags",
];
let query: Query;

const schema = buildQuerySchema();
const isEmpty = (name: string): boolean => name in EMPTY_ANSWERS.Query || name in EMPTY_ANSWERS.Mutation;
/** Those that read nothing come last. */
const operations = [schema.getQueryType(), schema.getMutationType()]
  .flatMap((type) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const places = textPlaces(field);
      return places.length === 0
        ? []
        : [{ kind: type?.name === "Mutation" ? "mutation" : "query", name: field.name, field, places }];
    }),
  )
  .sort((a, b) => Number(isEmpty(a.name)) - Number(isEmpty(b.name)));

/** Inputs that several operations take and one piece of code reads. */
const SHARED = ["Duration", "MeshLogFilter"];
/** Large ones whose parts all come into one statement: some at a time there. */
const TOGETHER = ["MeshLogFilter", "LogQueryCondition", "LogQueryConditionByName"];
const TOGETHER_MAX = 6;

/** Each text where clients can put one, and as a name within ids. `isQuick`: shared inputs in one operation alone, several parts of large ones at a time, and only
 *  operations that read. */
export function takesAsTexts(hostile: readonly string[], isQuick = false): void {
  const seen = new Set<string>();
  let before: unknown;
  /** Where a name that nobody has is refused for its form. */
  const refused = new Set<string>();
  beforeAll(async () => {
    query = await startQuery({ now: "2026-03-01T10:30:00Z" });
    const sums = { minute: AT, status_2xx: 4, latencies: [10, 20], service: SERVICE } as const;
    const edge = { ...sums, service: "shop::web", dest_service: SERVICE, detect_point: "client" } as const;
    await query.traffic(
      { ...sums, scope: "service" },
      { ...sums, scope: "instance", instance: INSTANCE },
      { ...sums, scope: "endpoint", endpoint: ENDPOINT },
      { ...edge, scope: "service_relation" },
      { ...edge, scope: "instance_relation", instance: "web-1", dest_instance: INSTANCE },
    );
    const seen = { normal: 1, first_seen: AT, last_seen: AT, service: SERVICE };
    await query.insert("service_meta", [{ ...seen, layer: "MESH" }]);
    await query.insert("instance_meta", [{ ...seen, instance: INSTANCE, attributes: {} }]);
    await query.insert("endpoint_meta", [{ ...seen, endpoint: ENDPOINT }]);
    await query.insert("access_log", [logRow({ service: SERVICE, instance: INSTANCE, caller: "shop::web", endpoint: ENDPOINT })]);
    before = await stored();
  });
  afterAll(() => query.close());

  test("there are texts in most operations", () => {
    expect(operations.length).toBeGreaterThan(80);
    expect(operations.flatMap(({ places }) => places).length).toBeGreaterThan(250);
  });

  test.each(operations.filter(({ name }) => !isQuick || !isEmpty(name)))(
    "$name takes hostile texts as texts",
    async ({ kind, field, places }) => {
      const left = places.filter(
        ({ member }) => !isQuick || !SHARED.includes(typeOf(member)) || seen.size < seen.add(member).size,
      );
      for (const group of isQuick ? grouped(left) : left.map((one) => [one])) {
        const { place, isId } = group[0] as TextPlace;
        const forms = isId ? FORMS : FORMS.slice(0, 1);
        const texts = [NOBODY, ...hostile].flatMap((text) => forms.map((form) => ({ text, given: form(text) })));
        const given = texts.map((one) => one.given);
        const at = group.map((one) => one.place);
        const answers = await asked(kind, field, at, given);
        const expected = answers.slice(0, forms.length).map((answer) => plain(answer, NOBODY));
        if (answers.slice(0, forms.length).every(({ codes }) => codes.length > 0)) refused.add(place.join("."));
        for (const [i, answer] of answers.entries()) {
          const what = [field.name, place.join("."), texts[i]?.given.slice(0, 60)];
          expect([...what, answer.codes]).toEqual([...what, answer.codes.filter((code) => code === "BAD_QUERY")]);
          if (answer.codes.length > 0) continue; // told that it is none, where texts have a form
          expect([...what, plain(answer, texts[i]?.text ?? "")]).toEqual([...what, expected[i % forms.length]]);
        }
      }
    },
  );

  test("only texts that have a form are looked at before they are values", () => {
    expect(refused).toContain("filter.flags");
    expect([...refused].filter((place) => !WITH_A_FORM.includes(place))).toEqual([]);
  });

  test("nothing failed in storage, and all is still there", async () => {
    expect(query.failures).toEqual([]);
    expect(await stored()).toEqual(before);
  });
}

function typeOf(member: string): string {
  return member.split(".")[0] ?? "";
}

/** Parts of large inputs in groups; the others, ids and texts with a form alone. */
function grouped(places: readonly TextPlace[]): (readonly TextPlace[])[] {
  const isLoose = ({ member, isId, place }: TextPlace): boolean =>
    !TOGETHER.includes(typeOf(member)) || isId || WITH_A_FORM.includes(place.join("."));
  const groups: TextPlace[][] = [];
  for (const one of places) {
    const last = groups.at(-1);
    const isFitting = last !== undefined && last.length < TOGETHER_MAX && !isLoose(last[0] as TextPlace);
    if (isFitting && !isLoose(one) && last[0]?.member.split(".")[0] === typeOf(one.member)) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** Two sets of arguments as one; what both have is the second's. */
function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = Object.entries(b).map(([key, value]) => {
    const other = a[key];
    return [key, isObject(value) && isObject(other) ? merged(other, value) : value] as const;
  });
  return { ...a, ...Object.fromEntries(entries) };
}

/** All tables, and the rows in them. */
async function stored(): Promise<unknown> {
  const sql = "SELECT name, total_rows FROM system.tables WHERE database = currentDatabase() ORDER BY name";
  return await query.engine.query(sql, {});
}

interface Outcome {
  readonly data: unknown;
  readonly codes: readonly unknown[];
}

/** All of a type is asked for, so many times: more would be beyond query.maxFields. */
const AT_ONCE = 20;

/** One request for all texts, each a field of its own; one each where an error in one of them leaves nothing of the others. */
async function asked(
  kind: string,
  field: GraphQLField<unknown, unknown>,
  places: readonly Place[],
  texts: readonly string[],
): Promise<Outcome[]> {
  if (texts.length > AT_ONCE) {
    const [some, rest] = [texts.slice(0, AT_ONCE), texts.slice(AT_ONCE)];
    return [...(await asked(kind, field, places, some)), ...(await asked(kind, field, places, rest))];
  }
  const given = texts.map((text) => places.map((place) => argumentsWith(field.args, place, text)).reduce(merged));
  const names = Object.keys(given[0] ?? {});
  const typeOf = (name: string) => String(field.args.find((one) => one.name === name)?.type);
  const declared = given.flatMap((_, i) => names.map((name) => `$v${i}_${name}: ${typeOf(name)}`));
  const fields = given.map(
    (_, i) => `a${i}: ${field.name}(${names.map((name) => `${name}: $v${i}_${name}`).join(", ")})${selectionOf(field.type)}`,
  );
  const variables = Object.fromEntries(given.flatMap((one, i) => names.map((name) => [`v${i}_${name}`, one[name]])));
  const { data, errors = [] } = await query.gql(`${kind} (${declared.join(", ")}) { ${fields.join(" ")} }`, variables);
  if (data === undefined) throw new Error(`${places.join(" ")} was not even asked: ${JSON.stringify(errors)}`);
  if (data === null && texts.length > 1) return (await Promise.all(texts.map((one) => asked(kind, field, places, [one])))).flat();
  return texts.map((_, i) => {
    const own = errors.filter((error) => (error as { path?: unknown[] }).path?.[0] === `a${i}`);
    return { data: data?.[`a${i}`], codes: own.map(({ message, extensions }) => extensions?.["code"] ?? message) };
  });
}

/** What came back, without the text that it may repeat, as it is or within an id, and without what is said of a wrong expression. */
function plain({ data }: Outcome, text: string): unknown {
  const [id] = serviceId(text).split(".");
  const without = (value: unknown): unknown => {
    if (typeof value === "string")
      return value.replaceAll(text, "…").replaceAll(text.toWellFormed(), "…").replaceAll(String(id), "…");
    if (Array.isArray(value)) return value.map(without);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, key === "error" && one !== null ? "…" : without(one)]),
    );
  };
  return without(data);
}

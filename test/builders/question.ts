/** Documents that ask everything of a field: its needed arguments filled in, all of its fields selected. */
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

const DEPTH_MAX = 8;

/** @param given arguments as GraphQL text, by name; what is needed and not given gets a value of its type. */
export function questionOf(field: GraphQLField<unknown, unknown>, given: Readonly<Record<string, string>> = {}): string {
  const args = field.args
    .filter(({ name, type, defaultValue }) => name in given || (isNonNullType(type) && defaultValue === undefined))
    .map(({ name, type }) => `${name}: ${given[name] ?? sampleOf(type)}`);
  return `${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}${selectionOf(field.type)}`;
}

/** All that a type has, as GraphQL text. */
export function selectionOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  const fields = Object.values(named.getFields()).filter((one) => depth < DEPTH_MAX || !isObjectType(getNamedType(one.type)));
  return ` { ${fields.map((one) => `${one.name}${selectionOf(one.type, depth + 1)}`).join(" ")} }`;
}

function sampleOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sampleOf(type.ofType);
  if (isListType(type)) return `[${sampleOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    if (type.name === "Duration") return DURATION;
    const fields = Object.values(type.getFields()).filter((one) => isNonNullType(one.type));
    return `{ ${fields.map((one) => `${one.name}: ${sampleOf(one.type)}`).join(", ")} }`;
  }
  return { Int: "1", Long: "1", Float: "1", Boolean: "true" }[type.name] ?? '"x"';
}

const DURATION = '{ start: "2026-03-01 1015", end: "2026-03-01 1017", step: MINUTE }';

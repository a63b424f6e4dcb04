/** Every place of a GraphQL field's arguments where a client can put a text, found in the schema: what is added there later is among them. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";

/** Names of the argument and of what is within it. */
export type Place = readonly string[];

const DEPTH_MAX = 6;

export interface TextPlace {
  readonly place: Place;
  readonly isId: boolean;
  /** The input type that it is a field of, and the field; "" for an argument itself. */
  readonly member: string;
}

export function textPlaces(field: GraphQLField<unknown, unknown>): TextPlace[] {
  return field.args.flatMap((argument) => placesIn(argument.type, [argument.name], ""));
}

function placesIn(type: GraphQLInputType, place: Place, member: string): TextPlace[] {
  if (isNonNullType(type) || isListType(type)) return placesIn(type.ofType, place, member);
  if (isInputObjectType(type)) {
    if (place.length > DEPTH_MAX) return [];
    const fields = Object.values(type.getFields());
    return fields.flatMap((one) => placesIn(one.type, [...place, one.name], `${type.name}.${one.name}`));
  }
  return type.name === "String" || type.name === "ID" ? [{ place, isId: type.name === "ID", member }] : [];
}

/** The arguments of a question with `text` at one place, and elsewhere what it needs and what finds something. */
export function argumentsWith(args: readonly GraphQLArgument[], place: Place, text: string): Record<string, unknown> {
  const asked = args.filter(({ name, type }) => name === place[0] || isNonNullType(type) || name in HELPFUL);
  return Object.fromEntries(
    asked.map(({ name, type }) => [name, sample(name, type, name === place[0] ? place.slice(1) : null, text)]),
  );
}

/** `rest`: what of the place is within this value; null: it is elsewhere. */
function sample(name: string, type: GraphQLInputType, rest: Place | null, text: string): unknown {
  if (isNonNullType(type)) return sample(name, type.ofType, rest, text);
  if (isListType(type)) return [sample(name, type.ofType, rest, text)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const set = fields.filter(
      (one) => one.name === rest?.[0] || isNonNullType(one.type) || (rest !== null && one.name in HELPFUL),
    );
    return Object.fromEntries(
      set.map((one) => [one.name, sample(one.name, one.type, one.name === rest?.[0] ? rest.slice(1) : null, text)]),
    );
  }
  if (rest !== null) return text;
  if (isEnumType(type)) return (type.getValue(String(HELPFUL[name])) ?? type.getValues()[0])?.name;
  const plain = { ID: serviceId(SERVICE), String: "x", Boolean: true }[type.name] ?? 1;
  const helpful = HELPFUL[name];
  return typeof helpful === typeof plain ? helpful : plain;
}

export const SERVICE = "shop::cart";
export const INSTANCE = "cart-1";
export const ENDPOINT = "GET:/items";
/** 2026-03-01 10:00, ms since the Unix epoch, and half an hour later. */
const [FROM, TO] = [1_772_359_200_000, 1_772_361_000_000];

/** Values, and inputs to be filled in, that lead a question to rows, so that it is not answered before it reads any. */
const HELPFUL: Readonly<Record<string, unknown>> = {
  ...{
    start: "2026-03-01 1010",
    end: "2026-03-01 1025",
    step: "MINUTE",
    from: FROM,
    to: TO,
    first: 10,
    limit: 10,
    topN: 5,
    pageNum: 1,
    pageSize: 10,
  },
  ...{ serviceName: SERVICE, serviceInstanceName: INSTANCE, endpointName: ENDPOINT, layer: "MESH", normal: true },
  ...{
    serviceInstanceId: instanceId(SERVICE, INSTANCE),
    instanceId: instanceId(SERVICE, INSTANCE),
    endpointId: endpointId(SERVICE, ENDPOINT),
  },
  ...{ expression: "service_cpm", metricName: "service_cpm", order: "DES", tagKey: "service", queryDuration: "" },
};

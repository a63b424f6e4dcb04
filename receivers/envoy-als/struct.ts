/** google.protobuf.Struct -> a plain object of strings and nested objects. Numbers, booleans and lists are left out: names
 *  and attributes are strings. Off the hot path: once per distinct peer or stream. */
import { DecodeError } from "../../oap/model/errors.ts";
import { expectType, LENGTH, type Wire } from "../decode/wire.ts";

export interface Metadata {
  readonly [key: string]: string | Metadata;
}

const DEPTH_MAX = 16;
const FIELDS_MAX = 2_000;

/** Reads the Struct between the cursor and its limit. @throws DecodeError */
export function readStruct(wire: Wire): Metadata {
  return readFields(wire, 0, { left: FIELDS_MAX });
}

type Budget = { left: number };

function readFields(wire: Wire, depth: number, budget: Budget): Metadata {
  if (depth > DEPTH_MAX) throw new DecodeError("nesting", `Struct nested deeper than ${DEPTH_MAX}`);
  const out: Record<string, string | Metadata> = Object.create(null);
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    if (tag >>> 3 !== 1) {
      wire.skip(tag);
      continue;
    }
    if (--budget.left < 0) throw new DecodeError("nesting", `Struct with more than ${FIELDS_MAX} fields`);
    expectType(tag, LENGTH);
    const outer = wire.enter();
    readField(wire, out, depth, budget);
    wire.leave(outer);
  }
  return out;
}

function readField(wire: Wire, out: Record<string, string | Metadata>, depth: number, budget: Budget): void {
  let key = "";
  let value: string | Metadata | undefined;
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    if (tag >>> 3 > 2) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    if (tag >>> 3 === 1) key = wire.bytes.toString("utf8", wire.at, wire.limit);
    else value = readValue(wire, depth, budget);
    wire.leave(outer);
  }
  if (value === undefined) delete out[key];
  else out[key] = value;
}

/** Value, a oneof: the last member counts; undefined for what is neither text nor Struct. */
function readValue(wire: Wire, depth: number, budget: Budget): string | Metadata | undefined {
  let value: string | Metadata | undefined;
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field === 3 || field === 5) {
      expectType(tag, LENGTH);
      const outer = wire.enter();
      value = field === 3 ? wire.bytes.toString("utf8", wire.at, wire.limit) : readFields(wire, depth + 1, budget);
      wire.leave(outer);
      continue;
    }
    if (field <= 6) value = undefined;
    wire.skip(tag);
  }
  return value;
}

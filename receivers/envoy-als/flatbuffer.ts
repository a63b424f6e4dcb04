/** FlatNode, the peer object of Istio before 1.24: a FlatBuffer inside BytesValue -> the same shape a Struct peer has.
 *  Little endian, no alignment guaranteed. Source: the layout table of Wasm.Common.FlatNode. */
import { DecodeError } from "../../oap/model/errors.ts";
import type { Metadata } from "./struct.ts";

/** Offsets into the vtable. */
const NAME = 4;
const NAMESPACE = 6;
const LABELS = 8;
const WORKLOAD_NAME = 12;
const CLUSTER_ID = 20;
const KEY = 4;
const VALUE = 6;
const LABELS_MAX = 256;

/** @throws DecodeError when an offset leads out of the buffer. */
export function readFlatNode(bytes: Buffer): Metadata {
  const node = u32(bytes, 0);
  const labels: Record<string, string> = Object.create(null);
  const vector = reference(bytes, node, LABELS);
  if (vector >= 0) {
    const count = u32(bytes, vector);
    if (count > LABELS_MAX) throw outside("labels");
    for (let i = 0; i < count; i++) {
      const at = vector + 4 + i * 4;
      const pair = at + u32(bytes, at);
      labels[text(bytes, pair, KEY)] = text(bytes, pair, VALUE);
    }
  }
  return {
    NAME: text(bytes, node, NAME),
    NAMESPACE: text(bytes, node, NAMESPACE),
    CLUSTER_ID: text(bytes, node, CLUSTER_ID),
    WORKLOAD_NAME: text(bytes, node, WORKLOAD_NAME),
    LABELS: labels,
  };
}

/** Where a field's string or vector begins; -1 when the field is absent. */
function reference(bytes: Buffer, table: number, field: number): number {
  if (table + 4 > bytes.length) throw outside("table");
  const vtable = table - bytes.readInt32LE(table);
  if (field >= u16(bytes, vtable)) return -1;
  const offset = u16(bytes, vtable + field);
  return offset === 0 ? -1 : table + offset + u32(bytes, table + offset);
}

function text(bytes: Buffer, table: number, field: number): string {
  const at = reference(bytes, table, field);
  if (at < 0) return "";
  const length = u32(bytes, at);
  if (length > bytes.length - at - 4) throw outside("string");
  return bytes.toString("utf8", at + 4, at + 4 + length);
}

function u16(bytes: Buffer, at: number): number {
  if (at < 0 || at + 2 > bytes.length) throw outside("offset");
  return bytes.readUInt16LE(at);
}

function u32(bytes: Buffer, at: number): number {
  if (at < 0 || at + 4 > bytes.length) throw outside("offset");
  return bytes.readUInt32LE(at);
}

function outside(what: string): DecodeError {
  return new DecodeError("flatbuffer", `FlatNode: ${what} outside of the buffer`);
}

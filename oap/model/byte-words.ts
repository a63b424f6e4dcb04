/** Hash and comparison of byte ranges, four bytes at a time: every byte counts, so that names which differ in one digit, as those of
 *  the pods of a StatefulSet do, do not pile up under one hash. */

const A = 0x9e3779b1;
const B = 0x85ebca6b;
const C = 0xc2b2ae35;
const D = 0x27d4eb2f;

/** Of bytes[start, end), the same on every machine and in every process. Four words side by side, as each waits for the one before. */
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  if (end - start >= 16) {
    let a = A;
    let b = B;
    let c = C;
    let d = D;
    for (const blocks = end - 15; at < blocks; at += 16) {
      a = mixed(a ^ view.getInt32(at, true), A);
      b = mixed(b ^ view.getInt32(at + 4, true), B);
      c = mixed(c ^ view.getInt32(at + 8, true), C);
      d = mixed(d ^ view.getInt32(at + 12, true), D);
    }
    hash = mixed(hash ^ a, B) ^ mixed(b, C) ^ mixed(c, D) ^ mixed(d, A);
  }
  for (const words = end - 3; at < words; at += 4) hash = mixed(hash ^ view.getInt32(at, true), A);
  for (; at < end; at++) hash = mixed(hash ^ view.getUint8(at), C);
  hash = Math.imul(hash ^ (hash >>> 15), B);
  return hash ^ (hash >>> 13);
}

function mixed(word: number, factor: number): number {
  const product = Math.imul(word, factor);
  return (product << 13) | (product >>> 19);
}

/** Whether `length` bytes of a at aStart are those of b at bStart. */
export function equalBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  let i = 0;
  for (; i + 3 < length; i += 4) if (a.getInt32(aStart + i, true) !== b.getInt32(bStart + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
  return true;
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

let last: Buffer = Buffer.alloc(0);
let lastView = viewOf(last);

/** The view of a buffer, made once while it is the same that is asked for: many ranges of one message are looked at one after the other. */
export function lastViewOf(bytes: Buffer): DataView {
  if (bytes !== last) {
    last = bytes;
    lastView = viewOf(bytes);
  }
  return lastView;
}

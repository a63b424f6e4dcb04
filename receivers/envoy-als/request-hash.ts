/** 32 bits, signed (a small integer for the engine: nothing is allocated), of the hash of a request's id: all proxies on a request's way, all processes and all nodes come to the same number, and
 *  whether its entries are kept hangs on it alone. MurmurHash3, whose high bits are as even as its low ones. */
import { lastViewOf } from "../../oap/model/byte-words.ts";

const UUID_LENGTH = 36;
/** Envoy writes its tracing decision into this character of a UUID, and may do so anew at every hop. */
const TRACE_CHARACTER = 14;
const ANY_HEX_DIGIT = 0x34;
const THIRD_BYTE = 0xff_00_00;

export function requestHash(bytes: Buffer, start: number, end: number): number {
  const isUuid = end - start === UUID_LENGTH;
  let hash = 0x2545f491;
  let at = start;
  const view = lastViewOf(bytes);
  for (; at + 4 <= end; at += 4) {
    let word = view.getInt32(at, true);
    if (isUuid && at - start === TRACE_CHARACTER - 2) word = (word & ~THIRD_BYTE) | (ANY_HEX_DIGIT << 16);
    hash = mixed(hash, word);
  }
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= (bytes[at] as number) << shift;
  if (((end - start) & 3) !== 0) hash = mixed(hash, rest);
  return finished(hash ^ (end - start));
}

function mixed(hash: number, word: number): number {
  word = Math.imul(word, 0xcc9e2d51);
  word = (word << 15) | (word >>> 17);
  hash ^= Math.imul(word, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}

function finished(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

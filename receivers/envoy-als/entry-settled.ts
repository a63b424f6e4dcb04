/** Messages whose fields tell something together only, once all of them are read: entries of maps, names of certificates. */
import { startsWith } from "./bytes.ts";
import { type Entry, KEY, LOCAL_CERTIFICATE, PEER_CERTIFICATE, type TextRange, URI, VALUE } from "./entry.ts";
import { Message } from "./entry-plan.ts";

/** To be called before the message is read. */
export function beginSettled({ texts }: Entry): void {
  const key = texts[KEY] as TextRange;
  const value = texts[VALUE] as TextRange;
  key.start = key.end = value.start = value.end = 0;
}

/** To be called when all its fields are read. */
export function settle(message: number, entry: Entry): void {
  switch (message) {
    case Message.localName:
    case Message.peerName: {
      const uri = entry.texts[URI] as TextRange;
      if (!uri.isEmpty) entry.certificates |= message === Message.localName ? LOCAL_CERTIFICATE : PEER_CERTIFICATE;
      break;
    }
    case Message.filterState:
      settlePeer(entry);
      break;
    default:
      settleHeader(entry, message === Message.responseHeader);
  }
}

/** In the order of UPSTREAM_STRUCT, DOWNSTREAM_STRUCT, UPSTREAM_FLATBUFFER, DOWNSTREAM_FLATBUFFER. */
const PEER_KEYS = ["upstream_peer", "downstream_peer", "wasm.upstream_peer", "wasm.downstream_peer"].map((key) =>
  Buffer.from(key),
);
const NO_PEER = -1;
/** No two keys are of one length. */
const PEER_OF_KEY_LENGTH = new Int8Array(32).fill(NO_PEER);
for (const [peer, key] of PEER_KEYS.entries()) PEER_OF_KEY_LENGTH[key.length] = peer;

/** An entry of filter_state_objects was read; a later one of the same key replaces the one before. */
function settlePeer({ bytes, texts }: Entry): void {
  const key = texts[KEY] as TextRange;
  const value = texts[VALUE] as TextRange;
  const length = key.end - key.start;
  const peer = length < PEER_OF_KEY_LENGTH.length ? (PEER_OF_KEY_LENGTH[length] as number) : NO_PEER;
  if (peer === NO_PEER || !startsWith(bytes, key.start, key.end, PEER_KEYS[peer] as Buffer)) return;
  const text = texts[peer] as TextRange;
  // One without a value is there all the same, and empty.
  text.start = value.end > 0 ? value.start : key.end;
  text.end = value.end > 0 ? value.end : key.end;
}

const CONTENT_TYPE = Buffer.from("content-type");
const GRPC_STATUS = Buffer.from("grpc-status");
const GRPC_CONTENT = Buffer.from("application/grpc");

/** A logged header or trailer was read; only two tell something, and a status only when it came from the upstream. */
function settleHeader(entry: Entry, isResponse: boolean): void {
  const { bytes, texts } = entry;
  const key = texts[KEY] as TextRange;
  const value = texts[VALUE] as TextRange;
  const length = key.end - key.start;
  if (length === GRPC_STATUS.length && startsWith(bytes, key.start, key.end, GRPC_STATUS)) {
    if (isResponse) entry.grpcStatus = decimal(bytes, value.start, value.end);
  } else if (length === CONTENT_TYPE.length && startsWith(bytes, key.start, key.end, CONTENT_TYPE)) {
    entry.grpcContent = entry.grpcContent || startsWith(bytes, value.start, value.end, GRPC_CONTENT);
  }
}

/** A small decimal number; -1 when the bytes are anything else. */
function decimal(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 3) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

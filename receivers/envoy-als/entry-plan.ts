/** What is read of an access-log entry: of each message on the way, which field is of which wire type and what becomes of it. All
 *  that is not named here is skipped. Source: envoy/data/accesslog/v3/accesslog.proto; v2 has the same numbers where it has the field. */
import { FIXED64, LENGTH, VARINT } from "../decode/wire.ts";
import {
  AUTHORITY,
  CLUSTER,
  CODE_DETAILS,
  FIRST_DOWNSTREAM_TX,
  FIRST_UPSTREAM_RX,
  FIRST_UPSTREAM_TX,
  KEY,
  LAST_DOWNSTREAM_TX,
  LAST_RX,
  LAST_UPSTREAM_RX,
  LAST_UPSTREAM_TX,
  LOCAL_ADDRESS,
  LOCAL_CERTIFICATE,
  PATH,
  PEER_CERTIFICATE,
  REQUEST_ID,
  START_TIME,
  STREAM_ID,
  TERMINATION,
  UPSTREAM_ADDRESS,
  URI,
  VALUE,
} from "./entry.ts"; // prettier-ignore

/** Messages. Leaving one from `localName` on settles what its fields say together. */
export const Message = {
  httpEntry: 0,
  tcpEntry: 1,
  common: 2,
  request: 3,
  response: 4,
  connection: 5,
  code: 6,
  time: 7,
  flags: 8,
  address: 9,
  socketAddress: 10,
  tls: 11,
  localCertificate: 12,
  peerCertificate: 13,
  any: 14,
  localName: 15,
  peerName: 16,
  filterState: 17,
  requestHeader: 18,
  responseHeader: 19,
} as const;

/** What becomes of a value. */
export const Use = {
  skip: 0,
  /** The fields of the message are read; of: which one. */
  enter: 1,
  /** Likewise, of a Timestamp or Duration; of: which time. */
  enterTime: 2,
  /** Its place is noted; of: as which text. */
  text: 3,
  /** Another member of a oneof: that text did not come after all. */
  noText: 4,
  /** of: which certificate has a subject, unless it is empty. */
  subject: 5,
  /** of: which bit; a message sets it by being there. */
  flag: 6,
  flagMessage: 7,
  // Numbers of the entry.
  seconds: 8,
  nanos: 9,
  attempts: 10,
  intermediate: 11,
  logType: 12,
  method: 13,
  requestHeadersBytes: 14,
  requestBodyBytes: 15,
  responseCode: 16,
  responseHeadersBytes: 17,
  responseBodyBytes: 18,
  receivedBytes: 19,
  sentBytes: 20,
} as const;

/** How a field stands in PLAN: wire type, 3 bits; use, 5 bits; of, 5 bits. */
export const Bits = { type: 7, useShift: 3, use: 31, ofShift: 8 } as const;
/** As wire type: whatever comes. */
export const ANY_TYPE = 7;
/** The fields of a message begin at PLAN[message × FIELDS]; those beyond are skipped. */
export const FIELDS = 64;
export const PLAN = new Uint16Array(Object.keys(Message).length * FIELDS).fill(ANY_TYPE);

const known = (type: number, use: number, of = 0): number => type | (use << Bits.useShift) | (of << Bits.ofShift);
const enter = (message: number): number => known(LENGTH, Use.enter, message);
const time = (which: number): number => known(LENGTH, Use.enterTime, which);
const text = (which: number): number => known(LENGTH, Use.text, which);
const number = (use: number): number => known(VARINT, use);
const unread = (type: number): number => known(type, Use.skip);

function plan(message: number, fields: Readonly<Record<number, number>>): void {
  for (const [field, use] of Object.entries(fields)) PLAN[message * FIELDS + Number(field)] = use;
}

/** Fields that are known and not read: they have to come as what they are. */
const unreadOf = (type: number, ...fields: readonly number[]): Record<number, number> =>
  Object.fromEntries(fields.map((field) => [field, unread(type)]));

plan(Message.httpEntry, { 1: enter(Message.common), 2: unread(VARINT), 3: enter(Message.request), 4: enter(Message.response) });
plan(Message.tcpEntry, { 1: enter(Message.common), 2: enter(Message.connection) });
plan(Message.common, {
  ...unreadOf(LENGTH, 2, 14, 17, 18, 19, 20, 22, 23, 28),
  ...unreadOf(VARINT, 29, 30, 31, 32),
  1: unread(FIXED64),
  3: enter(Message.address),
  4: enter(Message.tls),
  5: time(START_TIME),
  6: time(LAST_RX),
  7: time(FIRST_UPSTREAM_TX),
  8: time(LAST_UPSTREAM_TX),
  9: time(FIRST_UPSTREAM_RX),
  10: time(LAST_UPSTREAM_RX),
  11: time(FIRST_DOWNSTREAM_TX),
  12: time(LAST_DOWNSTREAM_TX),
  13: text(UPSTREAM_ADDRESS),
  15: text(CLUSTER),
  16: enter(Message.flags),
  21: enter(Message.filterState),
  24: number(Use.attempts),
  25: text(TERMINATION),
  26: text(STREAM_ID),
  27: number(Use.intermediate),
  33: number(Use.logType),
}); // prettier-ignore
plan(Message.request, {
  ...unreadOf(LENGTH, 2, 4, 6, 7, 8, 10),
  ...unreadOf(VARINT, 14, 15),
  1: number(Use.method),
  3: text(AUTHORITY),
  5: text(PATH),
  9: text(REQUEST_ID),
  11: number(Use.requestHeadersBytes),
  12: number(Use.requestBodyBytes),
  13: enter(Message.requestHeader),
});
plan(Message.response, {
  ...unreadOf(VARINT, 7, 8),
  1: enter(Message.code),
  2: number(Use.responseHeadersBytes),
  3: number(Use.responseBodyBytes),
  4: enter(Message.responseHeader),
  5: enter(Message.responseHeader),
  6: text(CODE_DETAILS),
});
plan(Message.connection, { 1: number(Use.receivedBytes), 2: number(Use.sentBytes) });
plan(Message.code, { 1: number(Use.responseCode) });
plan(Message.time, { 1: number(Use.seconds), 2: number(Use.nanos) });
const UNAUTHORIZED_DETAILS = 13;
for (let field = 1; field <= 28; field++)
  plan(Message.flags, {
    [field]: field === UNAUTHORIZED_DETAILS ? known(LENGTH, Use.flagMessage, field - 1) : known(VARINT, Use.flag, field - 1),
  });
// Pipes and internal listeners have no address.
plan(Message.address, {
  1: enter(Message.socketAddress),
  2: known(LENGTH, Use.noText, LOCAL_ADDRESS),
  3: known(LENGTH, Use.noText, LOCAL_ADDRESS),
});
plan(Message.socketAddress, { ...unreadOf(VARINT, 1, 3, 6), ...unreadOf(LENGTH, 4, 5, 7), 2: text(LOCAL_ADDRESS) });
plan(Message.tls, {
  ...unreadOf(LENGTH, 2, 3, 6, 7),
  1: unread(VARINT),
  4: enter(Message.localCertificate),
  5: enter(Message.peerCertificate),
});
plan(Message.localCertificate, {
  1: enter(Message.localName),
  2: known(LENGTH, Use.subject, LOCAL_CERTIFICATE),
  3: unread(LENGTH),
});
plan(Message.peerCertificate, { 1: enter(Message.peerName), 2: known(LENGTH, Use.subject, PEER_CERTIFICATE), 3: unread(LENGTH) });
plan(Message.localName, { 1: text(URI), 2: known(LENGTH, Use.noText, URI) });
plan(Message.peerName, { 1: text(URI), 2: known(LENGTH, Use.noText, URI) });
plan(Message.filterState, { 1: text(KEY), 2: enter(Message.any) });
plan(Message.any, { 1: unread(LENGTH), 2: text(VALUE) });
plan(Message.requestHeader, { 1: text(KEY), 2: text(VALUE) });
plan(Message.responseHeader, { 1: text(KEY), 2: text(VALUE) });

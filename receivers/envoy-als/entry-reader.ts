/** Access-log entry bytes -> Entry, by the plan: one walk, its cursor in a local variable and no call per field. Constants of other
 *  modules are looked up at each use, those of one's own are part of the code: hence the lists below (decision 0028). */
import { DecodeError } from "../../oap/model/errors.ts";
import { LENGTH, truncated, VARINT, Wire, wrongType } from "../decode/wire.ts";
import type { Entry, TextRange } from "./entry.ts";
import { ANY_TYPE, Bits, FIELDS, Message, PLAN, Use } from "./entry-plan.ts";
import { beginSettled, settle } from "./entry-settled.ts";

const [LENGTH_TYPE, VARINT_TYPE, WHATEVER] = [LENGTH, VARINT, ANY_TYPE];
const { type: TYPE, useShift: USE_SHIFT, use: USE, ofShift: OF_SHIFT } = Bits;
const [FIELDS_KNOWN, FIRST_SETTLED] = [FIELDS, Message.localName];
const { httpEntry: HTTP_ENTRY, tcpEntry: TCP_ENTRY, request: REQUEST, time: TIME } = Message;
const { enter: ENTER, enterTime: ENTER_TIME, text: TEXT, noText: NO_TEXT, subject: SUBJECT, flagMessage: FLAG_MESSAGE } = Use;
const { flag: FLAG, seconds: SECONDS, nanos: NANOS, attempts: ATTEMPTS, intermediate: INTERMEDIATE, logType: LOG_TYPE } = Use;
const { method: METHOD, requestHeadersBytes: REQUEST_HEADERS_BYTES, requestBodyBytes: REQUEST_BODY_BYTES } = Use;
const { responseCode: RESPONSE_CODE, responseHeadersBytes: RESPONSE_HEADERS_BYTES, responseBodyBytes: RESPONSE_BODY_BYTES } = Use;
const { receivedBytes: RECEIVED_BYTES, sentBytes: SENT_BYTES } = Use;

/** Messages in messages of an entry; the plan goes six deep. */
const DEPTH_MAX = 8;
const TWO_28 = 2 ** 28;

/** Reads one entry at a time. */
export class EntryReader {
  readonly #plan = PLAN;
  /** For what is rare: long tags and numbers, types that are skipped. */
  readonly #wire = new Wire();
  readonly #outerMessages = new Int32Array(DEPTH_MAX);
  readonly #outerLimits = new Int32Array(DEPTH_MAX);

  /** Reads the HTTPAccessLogEntry or TCPAccessLogEntry in bytes[start, end). @throws DecodeError; `entry` is then half filled. */
  read(bytes: Buffer, start: number, end: number, isTcp: boolean, entry: Entry): void {
    entry.clear(bytes);
    const plans = this.#plan;
    const outerMessages = this.#outerMessages;
    const outerLimits = this.#outerLimits;
    // `| 0` throughout: the engine then keeps the cursor as a bare 32-bit integer.
    let message: number = isTcp ? TCP_ENTRY : HTTP_ENTRY;
    let limit = end | 0;
    let depth = 0;
    let time = 0;
    let at = start | 0;
    for (;;) {
      while (at === limit) {
        if (depth === 0) return;
        if (message >= FIRST_SETTLED) settle(message, entry);
        depth--;
        message = outerMessages[depth] as number;
        limit = outerLimits[depth] as number;
      }
      let tag = bytes[at++] as number;
      if (tag >= 128) {
        const high = bytes[at] as number;
        if (high < 128 && at < limit) {
          tag = (tag & 127) | (high << 7);
          at = (at + 1) | 0;
        } else {
          tag = this.#uint32(bytes, at - 1, limit);
          at = this.#wire.at | 0;
        }
      }
      const field = tag >>> 3;
      if (field === 0) throw new DecodeError("field_number", `field number 0 at byte ${at}`);
      const plan = field < FIELDS_KNOWN ? (plans[message * FIELDS_KNOWN + field] as number) : WHATEVER;
      const type = tag & TYPE;
      if ((plan & TYPE) !== type && (plan & TYPE) !== WHATEVER) throw wrongType(tag, plan & TYPE);
      const use = (plan >>> USE_SHIFT) & USE;
      const of = plan >>> OF_SHIFT;
      if (type === LENGTH_TYPE) {
        if (at === limit) throw truncated(at);
        let length = bytes[at++] as number;
        if (length >= 128) {
          const high = bytes[at] as number;
          if (high < 128 && at < limit) {
            length = (length & 127) | (high << 7);
            at = (at + 1) | 0;
          } else {
            length = this.#uint32(bytes, at - 1, limit);
            at = this.#wire.at | 0;
          }
        }
        if (length > limit - at) throw truncated(at);
        switch (use) {
          case TEXT:
            noteText(entry, of, at, at + length);
            break;
          case ENTER_TIME:
          case ENTER:
            outerMessages[depth] = message;
            outerLimits[depth] = limit;
            depth++;
            limit = (at + length) | 0;
            if (use === ENTER_TIME) {
              entry.begin(of);
              message = TIME;
              time = of;
              continue;
            }
            message = of;
            if (of >= FIRST_SETTLED) beginSettled(entry);
            else if (of === REQUEST) entry.hasRequest = true;
            continue;
          case NO_TEXT:
            noteText(entry, of, 0, 0);
            break;
          case SUBJECT:
            if (length > 0) entry.certificates |= of;
            break;
          case FLAG_MESSAGE:
            entry.flags |= 1 << of;
            break;
        }
        at = (at + length) | 0;
      } else if (type === VARINT_TYPE) {
        if (at === limit) throw truncated(at);
        const from = at;
        let value = bytes[at++] as number;
        if (value >= 128) {
          // Up to five bytes here; what is longer, or ends too late, by the slow way.
          let byte = bytes[at++] as number;
          value = (value & 127) | ((byte & 127) << 7);
          if (byte >= 128) {
            byte = bytes[at++] as number;
            value |= (byte & 127) << 14;
            if (byte >= 128) {
              byte = bytes[at++] as number;
              value |= (byte & 127) << 21;
              if (byte >= 128) {
                byte = bytes[at++] as number;
                value += (byte & 127) * TWO_28;
              }
            }
          }
          if (at > limit || !(byte < 128)) {
            value = this.#number(bytes, from, limit, use);
            at = this.#wire.at | 0;
          }
        }
        switch (use) {
          case SECONDS:
            entry.seconds[time] = value;
            break;
          case NANOS:
            entry.nanos[time] = value | 0;
            break;
          case FLAG:
            entry.flags = value !== 0 ? entry.flags | (1 << of) : entry.flags & ~(1 << of);
            break;
          case ATTEMPTS:
            entry.attempts = value >>> 0;
            break;
          case INTERMEDIATE:
            entry.intermediate = value !== 0;
            break;
          case LOG_TYPE:
            entry.logType = value >>> 0;
            break;
          case METHOD:
            entry.method = value >>> 0;
            break;
          case REQUEST_HEADERS_BYTES:
            entry.requestHeadersBytes = value;
            break;
          case REQUEST_BODY_BYTES:
            entry.requestBodyBytes = value;
            break;
          case RESPONSE_CODE:
            entry.responseCode = value >>> 0;
            break;
          case RESPONSE_HEADERS_BYTES:
            entry.responseHeadersBytes = value;
            break;
          case RESPONSE_BODY_BYTES:
            entry.responseBodyBytes = value;
            break;
          case RECEIVED_BYTES:
            entry.receivedBytes = value;
            break;
          case SENT_BYTES:
            entry.sentBytes = value;
            break;
        }
      } else {
        this.#wire.reset(bytes, at, limit);
        this.#wire.skip(tag);
        at = this.#wire.at | 0;
      }
    }
  }

  /** A long tag or length; the cursor of the wire stands behind it. */
  #uint32(bytes: Buffer, at: number, limit: number): number {
    this.#wire.reset(bytes, at, limit);
    return this.#wire.uint32();
  }

  /** A long number, as what its use takes it for. */
  #number(bytes: Buffer, at: number, limit: number, use: number): number {
    const wire = this.#wire;
    wire.reset(bytes, at, limit);
    switch (use) {
      case SECONDS:
        return wire.int64();
      case REQUEST_HEADERS_BYTES:
      case REQUEST_BODY_BYTES:
      case RESPONSE_HEADERS_BYTES:
      case RESPONSE_BODY_BYTES:
      case RECEIVED_BYTES:
      case SENT_BYTES:
        return wire.uint64();
      case FLAG:
      case INTERMEDIATE:
        return wire.bool() ? 1 : 0;
      default:
        return wire.uint32();
    }
  }
}

function noteText({ texts }: Entry, which: number, start: number, end: number): void {
  const text = texts[which] as TextRange;
  text.start = start;
  text.end = end;
}

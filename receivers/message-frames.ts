/** Follows the gRPC frames in a stream's bytes (a flag, four bytes of length, the message), and reads the messages for who wants them. */

const HEAD_BYTES = 5;
/** Messages up to here that came in parts are put together in memory that is used again; larger ones are rare. */
const SHARED_BYTES = 1 << 20;

/** What makes a frame one that is not taken. */
export type FrameFault = "compressed" | "message_too_large";

/** One for all streams: a message is read before the next one is put together. Of its pages those are taken that were written to. */
const shared = Buffer.allocUnsafeSlow(SHARED_BYTES);

export class MessageFrames {
  /** Messages that were complete. */
  messages = 0;
  /** Bytes received of the message that is not complete yet. */
  partialBytes = 0;
  readonly #messageMaxBytes: number;
  readonly #take: ((message: Buffer) => void) | null;
  /** What came of the message in hand, when there is somebody to take it. */
  #parts: Buffer[] = [];
  #headLeft = HEAD_BYTES;
  #length = 0;
  #left = 0;

  /** `take`: given each message, in memory that is only valid during the call; null: nothing of them is kept. */
  constructor(messageMaxBytes: number, take: ((message: Buffer) => void) | null = null) {
    this.#messageMaxBytes = messageMaxBytes;
    this.#take = take;
  }

  /** @returns what is wrong with a frame that begins in the bytes, null when nothing is. */
  follow(bytes: Buffer): FrameFault | null {
    let at = 0;
    while (at < bytes.length) {
      if (this.#headLeft > 0) {
        const byte = bytes[at++] as number;
        if (this.#headLeft === HEAD_BYTES) {
          if (byte !== 0) return "compressed";
          this.#length = 0;
        } else this.#length = this.#length * 256 + byte;
        this.partialBytes++;
        if (--this.#headLeft > 0) continue;
        if (this.#length > this.#messageMaxBytes) return "message_too_large";
        this.#left = this.#length;
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        if (this.#take !== null) this.#parts.push(bytes.subarray(at, at + taken));
        at += taken;
        this.#left -= taken;
        this.partialBytes += taken;
      }
      if (this.#left > 0) continue;
      this.messages++;
      this.partialBytes = 0;
      this.#headLeft = HEAD_BYTES;
      if (this.#take !== null) this.#take(this.#message());
    }
    return null;
  }

  #message(): Buffer {
    const parts = this.#parts;
    if (parts.length === 1) return parts.pop() as Buffer;
    this.#parts = [];
    if (this.#length > SHARED_BYTES) return Buffer.concat(parts, this.#length);
    let at = 0;
    for (const part of parts) at += part.copy(shared, at);
    return shared.subarray(0, at);
  }
}

/** Follows the gRPC frames in a stream's bytes (a flag, four bytes of length, the message), without keeping any of them. */

const HEAD_BYTES = 5;

/** What makes a frame one that is not taken. */
export type FrameFault = "compressed" | "message_too_large";

export class MessageFrames {
  /** Messages that were complete. */
  messages = 0;
  /** Bytes received of the message that is not complete yet. */
  partialBytes = 0;
  readonly #messageMaxBytes: number;
  #headLeft = HEAD_BYTES;
  #length = 0;
  #left = 0;

  constructor(messageMaxBytes: number) {
    this.#messageMaxBytes = messageMaxBytes;
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
        at += taken;
        this.#left -= taken;
        this.partialBytes += taken;
      }
      if (this.#left > 0) continue;
      this.messages++;
      this.partialBytes = 0;
      this.#headLeft = HEAD_BYTES;
    }
    return null;
  }
}

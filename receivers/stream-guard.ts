/** Reads the messages of a process's streams, below grpc-js, and bounds what all of them may hold together. Every stream that is ended
 *  here is counted by reason; the proxy behind it opens another. */
import { constants, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { status } from "@grpc/grpc-js";
import { MessageFrames } from "./message-frames.ts";
import type { RawCall, RawStreams } from "./raw-stream.ts";

export interface StreamGuardOptions {
  readonly messageMaxBytes: number;
  /** Bytes of messages that are not complete yet, over all streams; at least one largest message. */
  readonly partialMaxBytes: number;
  /** Of one request, which grpc-js keeps for as long as its stream lasts. */
  readonly headersMaxBytes: number;
  readonly streamsMax: number;
  readonly onRefused: (reason: string) => void;
}

/** When there are too many streams, this share of them goes, those first that have been silent for longest. */
const ROOM_SHARE = 1 / 16;

const SAID: Readonly<Record<string, readonly [code: number, details: string]>> = {
  compressed: [status.UNIMPLEMENTED, "compressed messages are not taken"],
  message_too_large: [status.RESOURCE_EXHAUSTED, "a message larger than grpc.maxMessageBytes"],
  partial_messages: [status.RESOURCE_EXHAUSTED, "too much of messages that are not complete; this one had most"],
  metadata: [status.RESOURCE_EXHAUSTED, "more metadata than is taken"],
  silent: [status.UNAVAILABLE, "too many streams (grpc.streamsMax); this one was silent for longest"],
};

export class StreamGuard {
  readonly #options: StreamGuardOptions;
  readonly #calls: RawStreams;
  readonly #streams = new Set<GuardedStream>();
  #partialBytes = 0;
  #isPaused = false;

  constructor(http2: Http2Server, calls: RawStreams, options: StreamGuardOptions) {
    this.#options = options;
    this.#calls = calls;
    http2.on("stream", (stream, headers) => this.#opened(stream, headers));
    // A connection that was ended for breaking the protocol, or for its flood of frames. Those that broke off are none of ours.
    http2.on("sessionError", (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith("ERR_HTTP2")) options.onRefused("http2_protocol");
    });
  }

  get size(): number {
    return this.#streams.size;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** No stream is read from: each fills its HTTP/2 window and is held back. */
  pause(): void {
    this.#isPaused = true;
    for (const { gate } of this.#streams) gate.close();
  }

  resume(): void {
    this.#isPaused = false;
    for (const { gate } of this.#streams) gate.open();
  }

  #opened(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const call = this.#calls.takeArriving();
    if (stream.headersSent) {
      // grpc-js has answered already: it does not know the method or the content type. What is sent on is not waited for.
      this.#options.onRefused("not_grpc_or_unknown_method");
      stream.close(constants.NGHTTP2_NO_ERROR);
      return;
    }
    if (this.#streams.size >= this.#options.streamsMax) this.#makeRoom();
    const one = new GuardedStream(stream, call, this.#options.messageMaxBytes, () => this.#isPaused);
    this.#streams.add(one);
    if (sizeOf(headers) > this.#options.headersMaxBytes) this.#refuse(one, "metadata");
    if (call !== null) stream.removeAllListeners("data"); // those of grpc-js
    stream.prependListener("data", (bytes: Buffer) => this.#received(one, bytes)); // else: before grpc-js keeps them
    stream.once("end", () => {
      if (one.frames.partialBytes > 0 && !one.isRefused) this.#options.onRefused("half_message");
      call?.answer();
    });
    stream.once("close", () => {
      this.#streams.delete(one);
      this.#partialBytes -= one.counted;
      one.counted = 0;
      call?.close();
    });
    if (call !== null) stream.resume();
  }

  #received(one: GuardedStream, bytes: Buffer): void {
    if (one.isRefused) return;
    const { frames } = one;
    const before = frames.messages;
    const fault = frames.follow(bytes);
    if (frames.messages > before) one.lastMessageAt = performance.now();
    if (fault !== null) {
      this.#refuse(one, fault);
      return;
    }
    this.#partialBytes += frames.partialBytes - one.counted;
    one.counted = frames.partialBytes;
    while (this.#partialBytes > this.#options.partialMaxBytes) this.#refuse(this.#largest(), "partial_messages");
  }

  #largest(): GuardedStream {
    let largest: GuardedStream | null = null;
    for (const one of this.#streams) if (largest === null || one.counted > largest.counted) largest = one;
    return largest as GuardedStream;
  }

  #makeRoom(): void {
    const silent = [...this.#streams].filter((one) => !one.isRefused).sort((a, b) => a.lastMessageAt - b.lastMessageAt);
    const count = Math.max(1, Math.ceil(this.#options.streamsMax * ROOM_SHARE));
    for (const one of silent.slice(0, count)) this.#refuse(one, "silent");
  }

  #refuse(one: GuardedStream, reason: keyof typeof SAID & string): void {
    const [code, details] = SAID[reason] as readonly [number, string];
    this.#options.onRefused(reason);
    this.#partialBytes -= one.counted;
    one.refuse(code, details);
    this.#streams.delete(one);
  }
}

/** As HTTP/2 counts them. */
function sizeOf(headers: IncomingHttpHeaders): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + String(value ?? "").length + 32;
  return bytes;
}

class GuardedStream {
  readonly frames: MessageFrames;
  readonly gate: Gate;
  /** How much of its unfinished message is counted in the sum of all. */
  counted = 0;
  lastMessageAt = performance.now();
  isRefused = false;
  readonly #stream: ServerHttp2Stream;
  readonly #call: RawCall | null;

  /** `call`: whose messages they are; null: grpc-js reads them. */
  constructor(stream: ServerHttp2Stream, call: RawCall | null, messageMaxBytes: number, isPaused: () => boolean) {
    this.#stream = stream;
    this.#call = call;
    this.frames = new MessageFrames(messageMaxBytes, call === null ? null : (message) => call.message(message));
    this.gate = new Gate(stream, isPaused);
  }

  refuse(code: number, details: string): void {
    this.isRefused = true;
    this.counted = 0;
    this.#call?.close();
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    if (!stream.headersSent) {
      const head = { ":status": 200, "content-type": "application/grpc", "grpc-status": code, "grpc-message": details };
      stream.respond(head, { endStream: true });
    }
    stream.close(constants.NGHTTP2_NO_ERROR); // and nothing more of it is read
  }
}

/** Holds a stream still whatever grpc-js wants of it meanwhile, which resumes those that it reads itself after every message, and any
 *  whose call was cancelled. */
class Gate {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #isWanted = false;

  constructor(stream: ServerHttp2Stream, isPaused: () => boolean) {
    this.#pause = stream.pause.bind(stream);
    this.#resume = stream.resume.bind(stream);
    stream.pause = () => {
      this.#isWanted = false;
      this.#pause();
      return stream;
    };
    stream.resume = () => {
      this.#isWanted = true;
      if (!isPaused() || stream.closed) this.#resume();
      return stream;
    };
  }

  close(): void {
    this.#pause();
  }

  open(): void {
    if (this.#isWanted) this.#resume();
  }
}

/** Client-streaming gRPC calls whose messages are read below grpc-js: it handles the call (method, metadata, deadline, answer, status)
 *  and never sees a byte of a message, which it would copy, queue and wait for one by one (decision 0024). */
import type { MethodDefinition, Server, ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";

/** What a receiver makes of one call. */
export interface RawStream {
  /** One message. Its bytes are only valid during the call. */
  message(bytes: Buffer): void;
  /** Once, when nothing more comes. */
  closed(): void;
}

/** What a receiver adds its methods to. */
export interface StreamHost {
  serve(path: string, open: () => RawStream): void;
}

const EMPTY = Buffer.alloc(0);

function definitionOf(path: string): MethodDefinition<Buffer, Buffer> {
  const identity = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: true,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}

/** The calls of one server, so that each finds its HTTP/2 stream, and that they can be ended together. */
export class RawStreams implements StreamHost {
  readonly #server: Server;
  readonly #open = new Set<RawCall>();
  #arriving: RawCall | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  serve(path: string, open: () => RawStream): void {
    const handle = (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const arrived = new RawCall(open(), callback, () => this.#open.delete(arrived));
      call.on("cancelled", () => arrived.close());
      call.on("error", () => arrived.close());
      this.#open.add(arrived);
      this.#arriving = arrived;
    };
    this.#server.addService({ stream: definitionOf(path) }, { stream: handle });
  }

  /** The call that grpc-js has just begun to handle; to be asked for while the HTTP/2 stream that it came with is being announced. */
  takeArriving(): RawCall | null {
    const arrived = this.#arriving;
    this.#arriving = null;
    return arrived;
  }

  finish(): void {
    for (const call of [...this.#open]) call.answer();
  }
}

export class RawCall {
  #stream: RawStream | null;
  readonly #callback: sendUnaryData<Buffer>;
  readonly #onClose: () => void;

  constructor(stream: RawStream, callback: sendUnaryData<Buffer>, onClose: () => void) {
    this.#stream = stream;
    this.#callback = callback;
    this.#onClose = onClose;
  }

  message(bytes: Buffer): void {
    this.#stream?.message(bytes);
  }

  /** After the half-close: one empty response. Nothing when the call is closed. */
  answer(): void {
    if (this.#stream === null) return;
    this.close();
    this.#callback(null, EMPTY);
  }

  close(): void {
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    this.#onClose();
    stream.closed();
  }
}

/** Client-streaming gRPC calls whose messages stay the bytes they came as. */
import type { MethodDefinition, ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";

const EMPTY = Buffer.alloc(0);

export function rawClientStream(path: string): MethodDefinition<Buffer, Buffer> {
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

type Call = ServerReadableStream<Buffer, Buffer>;

/** The calls that are open, so that they can be ended together. */
export class OpenCalls {
  readonly #open = new Map<Call, () => void>();

  get size(): number {
    return this.#open.size;
  }

  /** Serves one call until it ends: `onMessage` per message, `onClose` once. Answers empty after the half-close. */
  serve(call: Call, callback: sendUnaryData<Buffer>, onMessage: (message: Buffer) => void, onClose: () => void): void {
    const close = (): void => {
      if (this.#open.delete(call)) onClose();
    };
    const answer = (): void => {
      if (!this.#open.has(call)) return;
      close();
      callback(null, EMPTY);
    };
    this.#open.set(call, answer);
    call.on("data", onMessage);
    call.on("end", answer);
    call.on("cancelled", close);
    call.on("error", close);
    call.on("close", close);
  }

  finish(): void {
    for (const answer of [...this.#open.values()]) answer();
  }
}

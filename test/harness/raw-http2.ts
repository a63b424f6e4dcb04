/** HTTP/2 frames by hand, for what no well-behaved client sends. */
import { connect, type Socket } from "node:net";
import { ALS_PATHS } from "./als-client.ts";

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const CONTINUATION = 9;
export const END_HEADERS = 4;
const FRAME_HEAD_BYTES = 9;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK, every field a literal that enters no table. */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(headers).flatMap(([name, value]) => [Buffer.from([0]), hpackText(name), hpackText(value)]));
}

function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), bytes]);
}

export const ALS_HEADERS = {
  ":method": "POST",
  ":scheme": "http",
  ":path": ALS_PATHS.v3,
  ":authority": "x",
  "content-type": "application/grpc",
  te: "trailers",
} as const;

/** A connection that has said hello. */
export class RawConnection {
  readonly socket: Socket;
  /** Types of the frames that came back. */
  readonly received: number[] = [];
  closed = false;
  #bytes = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    const connection = new RawConnection(socket);
    connection.send(Buffer.from(PREFACE), frame(SETTINGS, 0, 0));
    return connection;
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.closed) this.socket.write(Buffer.concat(frames));
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= FRAME_HEAD_BYTES) {
      const end = FRAME_HEAD_BYTES + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) return;
      const [type, flags] = [this.#bytes[3] as number, this.#bytes[4] as number];
      this.received.push(type);
      if (type === SETTINGS && flags === 0) this.send(frame(SETTINGS, 1, 0));
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}

/** gRPC calls as plain HTTP/2, so that a test decides which bytes go out and when. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { ALS_PATHS } from "./als-client.ts";

/** Else large writes would end the connection on the client's side. */
const CLIENT_MEMORY_MB = 2_000;

export function openSession(address: string): ClientHttp2Session {
  const session = connect(`http://${address}`, { maxSessionMemory: CLIENT_MEMORY_MB });
  session.on("error", () => {});
  return session;
}

export function openCall(session: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": ALS_PATHS.v3,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => {});
  return stream;
}

/** A message as gRPC frames it: a flag, four bytes of length, the bytes. */
export function framed(flag: number, length: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

/** The status a call ends with; null when it is reset or cut. */
export function statusOf(stream: ClientHttp2Stream): Promise<number | null> {
  return new Promise((resolve) => {
    const take = (headers: Record<string, unknown>): void => {
      if (headers["grpc-status"] !== undefined) resolve(Number(headers["grpc-status"]));
    };
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("close", () => resolve(null));
    stream.resume();
  });
}

/** The HTTP/2 server below grpc-js, which passes on but two of its options and keeps its streams to itself. Both are fields that
 *  TypeScript calls private; a version that moved them stops the start here, and the tests see on the wire whether options arrive. */
import type { Http2Server, ServerOptions } from "node:http2";
import { setFlagsFromString } from "node:v8";
import { type ConnectionInjector, type Server, ServerCredentials } from "@grpc/grpc-js";

interface Internals {
  readonly commonServerOptions?: ServerOptions;
  readonly http2Servers?: ReadonlyMap<Http2Server, unknown>;
}

/** node:http2 takes memory outside V8's heap for whatever it reads. For every few tens of MB of it, long free again or not, V8 collects
 *  the whole heap: six times a second at 55,000 entries, a third of all CPU. With `isRoomy` it counts as heap, whose limit follows what is
 *  in use (decision 0024); without, all goes that can go. A V8 that has no such flag says so on stderr and collects as it did. */
export function collectByUse(isRoomy: boolean): void {
  setFlagsFromString(`--${isRoomy ? "" : "no-"}external-memory-accounted-in-global-limit`);
}

/** Of a connection. It bounds nothing (node:http2 gives it back as data comes in; the streams' windows hold senders back), but at the
 *  protocol's 64 KiB every other message costs a frame that says so, and a system call. */
const CONNECTION_WINDOW_BYTES = 1 << 20;

/** To be called once per server. Listeners on `http2` run after those of grpc-js. */
export function openInjector(server: Server, options: ServerOptions): { injector: ConnectionInjector; http2: Http2Server } {
  const { commonServerOptions, http2Servers } = server as unknown as Internals;
  if (commonServerOptions !== undefined) Object.assign(commonServerOptions, options);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const http2 = http2Servers?.keys().next().value;
  if (commonServerOptions === undefined || http2 === undefined)
    throw new Error("this version of @grpc/grpc-js keeps its HTTP/2 server elsewhere: see receivers/http2-server.ts");
  http2.on("session", (session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
  return { injector, http2 };
}

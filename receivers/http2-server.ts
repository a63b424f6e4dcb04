/** The HTTP/2 server below grpc-js, which passes on but two of its options and keeps its streams to itself. Both are fields that
 *  TypeScript calls private; a version that moved them stops the start here, and the tests see on the wire whether options arrive. */
import type { Http2Server, ServerOptions } from "node:http2";
import { type ConnectionInjector, type Server, ServerCredentials } from "@grpc/grpc-js";

interface Internals {
  readonly commonServerOptions?: ServerOptions;
  readonly http2Servers?: ReadonlyMap<Http2Server, unknown>;
}

/** To be called once per server. Listeners on `http2` run after those of grpc-js. */
export function openInjector(server: Server, options: ServerOptions): { injector: ConnectionInjector; http2: Http2Server } {
  const { commonServerOptions, http2Servers } = server as unknown as Internals;
  if (commonServerOptions !== undefined) Object.assign(commonServerOptions, options);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const http2 = http2Servers?.keys().next().value;
  if (commonServerOptions === undefined || http2 === undefined)
    throw new Error("this version of @grpc/grpc-js keeps its HTTP/2 server elsewhere: see receivers/http2-server.ts");
  return { injector, http2 };
}

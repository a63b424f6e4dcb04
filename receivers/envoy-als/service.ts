/** StreamAccessLogs, v3, v2 and by way of a SkyWalking Satellite: the same messages under three names. The answer is one empty
 *  response, after the sender has half-closed and never before: Envoy takes an early one for the stream's end. */
import type { RawStream, StreamHost } from "../raw-stream.ts";
import type { Receiver } from "../receiver.ts";
import { AlsStream, type StreamContext, StreamDecoder } from "./stream.ts";

const METHOD_PATHS = [
  "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs",
  "/envoy.service.accesslog.v2.AccessLogService/StreamAccessLogs",
  "/satellite.envoy.accesslog.v3.SatelliteAccessLogService/StreamAccessLogs",
];

export class EnvoyAls implements Receiver {
  readonly #context: StreamContext;
  readonly #decoder: StreamDecoder;

  constructor(context: StreamContext) {
    this.#context = context;
    this.#decoder = new StreamDecoder(context);
  }

  mount(host: StreamHost): void {
    for (const path of METHOD_PATHS) host.serve(path, () => this.#open());
  }

  #open(): RawStream {
    const stream = new AlsStream(this.#context.proxies);
    this.#context.counters.streamsOpened++;
    return {
      message: (bytes) => this.#decoder.message(bytes, stream),
      closed: () => stream.closed(),
    };
  }
}

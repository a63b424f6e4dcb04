/** Streams of access logs to a collector, as proxies open them: per pod one for HTTP and one for TCP, the identifier in the first
 *  message, messages of about 16 KiB. */
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { messageBytes } from "./entry.ts";
import { identifierMessage, type Pod } from "./mesh.ts";

const METHOD = "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs";
const MESSAGE_BYTES = 65_536;

type Stream = ClientWritableStream<Buffer>;

class PodStream {
  readonly stream: Stream;
  readonly done: Promise<void>;
  #pending: Buffer[] = [];
  #bytes = 0;
  readonly #isTcp: boolean;

  constructor(client: Client, pod: Pod, isTcp: boolean) {
    this.#isTcp = isTcp;
    const identity = (bytes: Buffer): Buffer => bytes;
    let settle: (error: Error | null) => void = () => {};
    this.done = new Promise((resolve, reject) => {
      settle = (error) => (error === null ? resolve() : reject(error));
    });
    this.done.catch(() => {});
    this.stream = client.makeClientStreamRequest(METHOD, identity, identity, (error) => settle(error));
    this.stream.on("error", () => {}); // told by the callback
    this.stream.write(identifierMessage(pod, isTcp ? "tcp_envoy_accesslog" : "http_envoy_accesslog"));
  }

  add(entry: Buffer): void {
    this.#pending.push(entry);
    this.#bytes += entry.length;
    if (this.#bytes >= MESSAGE_BYTES) this.flush();
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    this.stream.write(messageBytes(this.#pending, this.#isTcp));
    this.#pending = [];
    this.#bytes = 0;
  }
}

export class Sender {
  readonly #address: string;
  /** One connection per pod, as proxies have: a connection's flow-control window is the unit of pace, and of load balancing. */
  readonly #clients = new Map<Pod, Client>();
  readonly #streams = new Map<string, PodStream>();

  /** `address`: host:port of the collector. */
  constructor(address: string) {
    this.#address = address;
  }

  add(pod: Pod, entry: Buffer, isTcp: boolean): void {
    const key = `${pod.name} ${isTcp}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new PodStream(this.#clientOf(pod), pod, isTcp);
      const forget = (): void => void this.#streams.delete(key); // the next entry opens another
      stream.done.then(forget, forget);
      this.#streams.set(key, stream);
    }
    stream.add(entry);
  }

  /** Sends what is pending, and waits while the collector is slower than we are. */
  async flush(): Promise<void> {
    for (const one of this.#streams.values()) one.flush();
    const full = [...this.#streams.values()].filter(({ stream }) => stream.writableNeedDrain);
    await Promise.all(
      full.map(({ stream, done }) =>
        Promise.race([new Promise<void>((resolve) => stream.once("drain", resolve)), done.catch(() => {})]),
      ),
    );
  }

  /** Half-closes all streams and waits until the collector has answered each: it has read everything then. */
  async close(): Promise<void> {
    const open = [...this.#streams.values()];
    for (const one of open) {
      one.flush();
      one.stream.end();
    }
    await Promise.allSettled(open.map(({ done }) => done));
    for (const client of this.#clients.values()) client.close();
  }

  #clientOf(pod: Pod): Client {
    let client = this.#clients.get(pod);
    if (client === undefined) {
      client = new Client(this.#address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
      this.#clients.set(pod, client);
    }
    return client;
  }
}

/** Entries at a steady rate to one service, through whatever happens to the other end: a stream that breaks is opened anew. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { httpEntry, istioNode, message, peerOf, pod } from "../builders/access-log.ts";
import { ALS_PATHS } from "./als-client.ts";

const TICK_MS = 20;
const identity = (bytes: Buffer): Buffer => bytes;

/** The service that reports unless told otherwise; its calls come from web.shop. */
export const STEADY_SERVICE = "cart.shop";

export class SteadyLoad {
  /** Entries written to a stream, whether or not they ever arrived. */
  sent = 0;
  readonly #client: Client;
  readonly #identifier: Buffer;
  readonly #entries: Buffer;
  readonly #perTick: number;
  #stream: ClientWritableStream<Buffer> | null = null;
  #answered: Promise<void> = Promise.resolve();
  #running: Promise<void>;
  #isEnding = false;

  /** Times the other end did not take more for now. */
  heldBack = 0;

  /** `app`: the service is `<app>.shop`. */
  constructor(grpc: string, perSecond: number, app = "cart") {
    this.#identifier = message(istioNode(pod(app, { namespace: "shop", pod: `${app}-1` })), {});
    this.#client = new Client(grpc, credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.min_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 200,
      "grpc.use_local_subchannel_pool": 1,
    });
    this.#perTick = Math.max(1, Math.round((perSecond * TICK_MS) / 1_000));
    const common = {
      upstream_cluster: "inbound|80||",
      filter_state_objects: { downstream_peer: peerOf(pod("web", { namespace: "shop" })) },
    };
    const entry = httpEntry({ startTime: new Date().toISOString(), common, request: { path: "/cart" } });
    this.#entries = message(null, { http: Array.from({ length: this.#perTick }, () => entry) });
    this.#running = this.#run();
  }

  /** Ends the stream and waits for its answer: everything that was taken is with the product. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
    this.#stream?.end();
    await this.#answered;
    this.#client.close();
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    for (let tick = 0; !this.#isEnding; tick++) {
      const stream = this.#stream ?? this.#open();
      this.sent += this.#perTick;
      if (!stream.write(this.#entries)) {
        this.heldBack++;
        await Promise.race([this.#answered, new Promise<void>((drained) => stream.once("drain", drained))]);
      }
      await sleep(Math.max(0, startedAt + (tick + 1) * TICK_MS - performance.now()));
    }
  }

  #open(): ClientWritableStream<Buffer> {
    let answered = (): void => {};
    this.#answered = new Promise((resolve) => {
      answered = resolve;
    });
    const stream = this.#client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, () => {
      this.#stream = null;
      answered();
    });
    stream.on("error", () => {});
    stream.write(this.#identifier);
    this.#stream = stream;
    return stream;
  }
}

/** A ClickHouse cluster: its shards, their tables, who writes to which and who is asked. Hosts that are away at the start get their
 *  tables when they come; nothing is inserted into a shard before that. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/schema.ts";
import { StorageError } from "../model/errors.ts";
import type { Clock } from "../model/ports.ts";
import type { Retention } from "../model/retention.ts";
import { readShards, type ShardAddress } from "./cluster-hosts.ts";
import { CLUSTER_READ_SETTINGS, ClusterReader } from "./cluster-reader.ts";
import { LOCAL_SUFFIX } from "./cluster-schema.ts";
import { type Connection, replicaUrls } from "./connection.ts";
import { Engine } from "./engine.ts";
import { migrate } from "./migrate.ts";
import { explained } from "./open-error.ts";
import { ReplicaConnection } from "./replica-connection.ts";

export interface ClusterOptions {
  readonly connection: Connection;
  readonly database: string;
  readonly cluster: string;
  readonly shardUrls: Config["storage.shardUrls"];
  readonly onCluster: boolean;
  readonly replicated: boolean;
  readonly retention: Retention;
  /** Told of a host that is away at the start, and when its tables are there. */
  readonly onProblem: (problem: string, detail: Record<string, unknown>) => void;
  /** How often hosts that are away are tried again. */
  readonly retryMs?: number;
}

/** One shard: an engine for whichever of its replicas answers, and one for each of them. */
interface Shard extends ShardAddress {
  readonly connection: ReplicaConnection;
  readonly engine: Engine;
  readonly replicas: readonly Engine[];
}

const RETRY_MS = 5_000;
/** A host that takes longer to say anything is away. */
const ANSWERS_WITHIN_MS = 5_000;
/** A little more than a question may take (max_execution_time). */
const READ_WITHIN_MS = 25_000;
const CLOSE_WITHIN_MS = 1_000;

export class Cluster {
  readonly reader: ClusterReader;
  readonly shards: readonly Shard[];
  /** Called with the number of a shard, from 0, when the first of its hosts has its tables. */
  onShardReady: (shard: number) => void = () => {};
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #readConnection: ReplicaConnection;
  readonly #readEngine: Engine;
  readonly #closing = new AbortController();
  #retrying: Promise<void> = Promise.resolve();

  private constructor(options: ClusterOptions, addresses: readonly ShardAddress[], clock: Clock) {
    const { connection, database, cluster } = options;
    this.#options = options;
    this.#clock = clock;
    this.shards = addresses.map((address) => {
      const any = new ReplicaConnection(connection, `shard ${address.shard}`);
      const engineOf = (of: Connection): Engine => new Engine({ connection: of, database, localSuffix: LOCAL_SUFFIX });
      const replicas = address.urls.map((url) => engineOf({ ...connection, url }));
      return { ...address, connection: any, engine: engineOf(any), replicas };
    });
    this.#readConnection = new ReplicaConnection(connection, `the cluster ${cluster}`);
    const reading = { readSettings: CLUSTER_READ_SETTINGS, requestTimeoutMs: READ_WITHIN_MS };
    this.#readEngine = new Engine({ connection: this.#readConnection, database, ...reading });
    this.reader = new ClusterReader(this.#readEngine, {
      cluster,
      shards: addresses.map(({ shard }) => shard),
      hosts: () => this.#readConnection.count,
    });
  }

  /** @throws ConfigError naming a setting that does not fit; StorageError when no host can be opened */
  static async open(options: ClusterOptions, clock: Clock): Promise<Cluster> {
    const cluster = new Cluster(options, await findShards(options), clock);
    const hosts = cluster.shards.flatMap((shard, index) => shard.urls.map((url) => ({ index, url })));
    const away = await cluster.#prepare(hosts);
    if (away.length === hosts.length) {
      await cluster.close();
      throw away[0]?.error;
    }
    await cluster.reader.check().catch(async (error: unknown) => {
      await cluster.close();
      throw explained(error, options.connection);
    });
    if (away.length > 0) cluster.#retrying = cluster.#retry(away);
    return cluster;
  }

  /** Shards, from 0, that can be inserted into. */
  get readyShards(): number[] {
    return this.shards.flatMap(({ connection }, index) => (connection.count > 0 ? [index] : []));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.race([this.#retrying, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    const engines = [this.#readEngine, ...this.shards.flatMap(({ engine, replicas }) => [engine, ...replicas])];
    await Promise.all(engines.map((engine) => engine.close()));
  }

  /** Makes the tables of hosts. @returns those that are away. @throws StorageError when a host refuses for good */
  async #prepare(hosts: readonly Host[]): Promise<(Host & { error: unknown })[]> {
    const away: (Host & { error: unknown })[] = [];
    const errors = await Promise.all(hosts.map((host) => this.#migrate(host)));
    for (const [i, host] of hosts.entries()) {
      const error = errors[i];
      if (error === null) this.#isReady(host);
      else if (error instanceof StorageError && error.retryable) away.push({ ...host, error });
      else throw error;
    }
    return away;
  }

  /** @returns why it failed; null when the host has its tables. */
  async #migrate({ url }: Host): Promise<unknown> {
    const { connection, database, retention, cluster, onCluster, replicated } = this.#options;
    const options = { connection: { ...connection, url }, database, localSuffix: LOCAL_SUFFIX };
    const first = new Engine({ connection: options.connection, database: "default", requestTimeoutMs: ANSWERS_WITHIN_MS });
    const answers = first.query("SELECT 1", {}).finally(() => first.close());
    return await answers
      .then(() => migrate(options, retention, this.#clock, { cluster, onCluster, replicated }))
      .then(
        () => null,
        (cause: unknown) => explained(cause, options.connection),
      );
  }

  #isReady({ index, url }: Host): void {
    this.shards[index]?.connection.add(url);
    this.#readConnection.add(url);
    this.onShardReady(index);
  }

  async #retry(hosts: readonly (Host & { error: unknown })[]): Promise<void> {
    let away = hosts;
    for (const { url, error } of away) {
      this.#options.onProblem("a host of the cluster is away; its shard's rows wait in the spool", {
        url,
        error: (error as Error).message,
      });
    }
    while (away.length > 0) {
      await sleep(this.#options.retryMs ?? RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
      if (this.#closing.signal.aborted) return;
      away = await this.#prepare(away).catch((error: Error) => {
        this.#options.onProblem("the tables of a host of the cluster could not be made", { error: error.message });
        return away;
      });
    }
  }
}

interface Host {
  /** Of its shard, from 0. */
  readonly index: number;
  readonly url: string;
}

/** Asked of storage.url, and where that is away of any address in storage.shardUrls. */
async function findShards({ connection, cluster, shardUrls, replicated }: ClusterOptions): Promise<ShardAddress[]> {
  const address = { cluster, url: connection.url, shardUrls, replicated };
  let failed: unknown = null;
  for (const url of [connection.url, ...shardUrls.flatMap(replicaUrls)]) {
    const engine = new Engine({ connection: { ...connection, url }, database: "default", requestTimeoutMs: ANSWERS_WITHIN_MS });
    try {
      return await readShards(engine, address);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      failed ??= explained(error, { ...connection, url });
    } finally {
      await engine.close();
    }
  }
  throw failed;
}

/** The engines that storage runs on, behind one face, so that one suite runs on each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { Retention } from "../../oap/model/retention.ts";
import { Cluster } from "../../oap/storage/cluster.ts";
import { startEmbedded } from "../../oap/storage/embedded.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate } from "../../oap/storage/migrate.ts";
import { ShardWriters } from "../../oap/storage/shard-writers.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { Writer, type WriterOptions } from "../../oap/storage/writer.ts";
import { KEEP_ALL, systemClock } from "./clickhouse.ts";
import { CLUSTER, startServer, startServers } from "./clickhouse-server.ts";

export interface TestEngine {
  /** Answers as readers get them. */
  readonly reader: SqlReader;
  /** Each host's own tables, one per shard. */
  readonly hosts: readonly Engine[];
  /** Makes the tables of a database on every host. */
  readonly migrate: (database: string, retention?: Retention) => Promise<void>;
  /** `isAway`: to hosts that nobody reaches. */
  readonly writer: (spoolDir: string, options: WriterOptions, isAway?: boolean) => Writer | ShardWriters;
  /** kill -9 of one host; it is up again, with what it had, when this resolves. */
  readonly killHost: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const DATABASE = "sidelight";
const AWAY = new Engine({ connection: { url: "http://127.0.0.1:1", username: "x", password: "" }, database: "x" });

export async function startEmbeddedEngine(): Promise<TestEngine> {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-clickhouse-"));
  const embedded = await startEmbedded({ dir, memoryBytes: 1 << 30 });
  const kill = async (): Promise<void> => {
    const { restarts } = embedded;
    process.kill(embedded.pid as number, "SIGKILL");
    while (embedded.restarts === restarts || !(await single.engine.ping())) await new Promise((done) => setTimeout(done, 50));
  };
  const single = await singleServer(embedded.connection);
  return {
    ...single.face,
    killHost: kill,
    close: async () => {
      await single.engine.close();
      await embedded.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function startServerEngine(): Promise<TestEngine> {
  const server = await startServer();
  const single = await singleServer(server.connection);
  return {
    ...single.face,
    killHost: async () => {
      await server.kill();
      await server.start();
    },
    close: async () => {
      await single.engine.close();
      await server.close();
    },
  };
}

async function singleServer(connection: { url: string; username: string; password: string }) {
  const migrateIt = (database: string, retention: Retention = KEEP_ALL): Promise<void> =>
    migrate({ connection, database }, retention, systemClock);
  await migrateIt(DATABASE);
  const engine = new Engine({ connection, database: DATABASE });
  const writer: TestEngine["writer"] = (dir, options, isAway = false) =>
    new Writer(isAway ? AWAY : engine, new SpoolReader(dir, 50), options, systemClock);
  return { engine, face: { reader: engine, hosts: [engine], migrate: migrateIt, writer } };
}

export async function startClusterEngine(): Promise<TestEngine> {
  const servers = await startServers(2);
  const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]];
  const open = (database: string, retention: Retention = KEEP_ALL): Promise<Cluster> =>
    Cluster.open(
      {
        connection: first.connection,
        database,
        cluster: CLUSTER,
        shardUrls: servers.map(({ url }) => url),
        onCluster: false,
        replicated: false,
        retention,
        onProblem: () => {},
      },
      systemClock,
    );
  const cluster = await open(DATABASE);
  const hosts = cluster.shards.map(({ engine }) => engine);
  return {
    reader: cluster.reader,
    hosts,
    migrate: async (database, retention) => await (await open(database, retention)).close(),
    writer: (dir, options, isAway = false) => {
      const made = new ShardWriters(isAway ? hosts.map(() => AWAY) : hosts, new SpoolReader(dir, 50), options, systemClock);
      for (const shard of hosts.keys()) made.admit(shard);
      return made;
    },
    killHost: async () => {
      await second.kill();
      await second.start();
    },
    close: async () => {
      await cluster.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

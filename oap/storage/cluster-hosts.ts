/** The shards of a cluster and the HTTP addresses of their replicas. ClickHouse lists host names and the ports of its own protocol;
 *  HTTP ports it does not tell: they are storage.url's, or storage.shardUrls says. */
import { readFileSync } from "node:fs";
import { ConfigError } from "../model/errors.ts";
import { replicaUrls } from "./connection.ts";
import type { Engine } from "./engine.ts";

export interface ShardAddress {
  /** As ClickHouse numbers them, from 1. */
  readonly shard: number;
  readonly urls: readonly string[];
}

export interface ClusterAddress {
  readonly cluster: string;
  readonly url: string;
  /** storage.shardUrls. */
  readonly shardUrls: readonly string[];
  readonly replicated: boolean;
}

interface HostRow {
  readonly cluster: string;
  readonly shard_num: number;
  readonly host_name: string;
}

const HOSTS = readFileSync(new URL("./cluster-hosts.sql", import.meta.url), "utf8");

/** @throws ConfigError naming the setting that does not fit the cluster; StorageError when the server does not answer */
export async function readShards(
  engine: Engine,
  { cluster, url, shardUrls, replicated }: ClusterAddress,
): Promise<ShardAddress[]> {
  const hosts = await engine.query<HostRow>(HOSTS, { cluster });
  if (hosts.length === 0) {
    const known = [...new Set((await engine.query<HostRow>(HOSTS, { cluster: "" })).map((host) => host.cluster))];
    const knows = known.length === 0 ? "it knows none" : `it knows ${known.slice(0, 20).join(", ")}`;
    throw new ConfigError(
      "storage.cluster",
      `storage.cluster: ClickHouse at ${url} has no cluster ${cluster} in system.clusters; ${knows}`,
    );
  }
  const byShard = [...Map.groupBy(hosts, ({ shard_num }) => shard_num).entries()];
  if (shardUrls.length > 0 && shardUrls.length !== byShard.length) {
    const counts = `names ${shardUrls.length} shards, the cluster ${cluster} has ${byShard.length}`;
    throw new ConfigError("storage.shardUrls", `storage.shardUrls ${counts}`);
  }
  const shards = byShard.map(([shard, replicas], i) => {
    const given = shardUrls[i];
    const urls = given === undefined ? replicas.map(({ host_name }) => withHost(url, host_name)) : replicaUrls(given);
    return { shard: Number(shard), urls };
  });
  if (!replicated && shards.some(({ urls }) => urls.length > 1)) {
    throw new ConfigError(
      "storage.replicated",
      `storage.replicated is false, and the cluster ${cluster} has several replicas of a shard: each would hold rows that the others lack`,
    );
  }
  return shards;
}

/** Scheme, port and path of `url` at another host. */
function withHost(url: string, host: string): string {
  const at = new URL(url);
  at.hostname = host.includes(":") ? `[${host}]` : host;
  return at.href.replace(/\/+$/, "");
}

/** Where a ClickHouse is and how it is reached. */
import { readFileSync } from "node:fs";
import type { Config, Key } from "../config/schema.ts";
import { ConfigError } from "../model/errors.ts";

export interface Connection {
  /** Read it anew for each use: the embedded one moves to another port when its own was taken while it was away, and a shard's is
   *  that of another replica when one does not answer. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly tls?: Tls;
  readonly compression?: Config["storage.compression"];
  /** Told that the server at this address did not answer as it should; another one may be tried from now on. */
  readonly moveOn?: (url: string) => void;
}

export interface Tls {
  readonly caCert?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** The server that the settings name; null when it is to be the embedded one. @throws ConfigError naming the setting */
export function serverOf(config: Config): Connection | null {
  const url = config["storage.url"];
  if (url === null) {
    if (config["storage.cluster"] !== null)
      throw new ConfigError("storage.cluster", "storage.cluster needs storage.url, a server of that cluster");
    return null;
  }
  checkAddress("storage.url", url);
  for (const one of config["storage.shardUrls"].flatMap(replicaUrls)) checkAddress("storage.shardUrls", one);
  if (config["storage.cluster"] === null) {
    const needing = (["storage.shardUrls", "storage.onCluster", "storage.replicated"] as const).find((key) => isSet(config[key]));
    if (needing !== undefined) throw new ConfigError(needing, `${needing} needs storage.cluster`);
  }
  const username = config["storage.username"];
  const password = config["storage.password"];
  return { url, username, password, tls: tlsOf(config), compression: config["storage.compression"] };
}

/** One shard's part of storage.shardUrls. */
export function replicaUrls(shard: string): string[] {
  return shard.split("|").map(withoutSlash);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** A list that is not empty, or a flag that is on. */
function isSet(value: boolean | readonly string[]): boolean {
  return typeof value === "boolean" ? value : value.length > 0;
}

function checkAddress(key: Key, text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(key, `${key}: ${JSON.stringify(text)} is no HTTP address`);
  if (url.username !== "" || url.password !== "") {
    throw new ConfigError(key, `${key} holds a user or password: they belong in storage.username and storage.password`);
  }
}

function tlsOf(config: Config): Tls | undefined {
  const caCert = fileOf(config, "storage.tls.caFile");
  const cert = fileOf(config, "storage.tls.certFile");
  const key = fileOf(config, "storage.tls.keyFile");
  if ((cert === undefined) !== (key === undefined)) {
    const [without, with_] = cert === undefined ? ["certFile", "keyFile"] : ["keyFile", "certFile"];
    throw new ConfigError(`storage.tls.${without}`, `storage.tls.${with_} needs storage.tls.${without}`);
  }
  return caCert === undefined && cert === undefined ? undefined : { caCert, cert, key };
}

function fileOf(config: Config, key: "storage.tls.caFile" | "storage.tls.certFile" | "storage.tls.keyFile"): Buffer | undefined {
  const path = config[key];
  if (path === null) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError(key, `${key}: cannot read ${path}: ${(cause as Error).message}`, cause);
  }
}

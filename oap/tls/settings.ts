/** Settings -> the files that TLS on a port needs. */
import type { Config, Key } from "../config/schema.ts";
import { ConfigError } from "../model/errors.ts";

/** A file, and the setting that names it. */
export interface TlsFile {
  readonly key: Key;
  readonly path: string;
}

export interface TlsFiles {
  readonly cert: TlsFile;
  readonly key: TlsFile;
  /** The authorities whose clients are let in; null: everybody is. */
  readonly clientCa: TlsFile | null;
}

/** Null: no TLS on that port. @throws ConfigError naming the setting that is missing */
export function tlsFilesOf(config: Config, port: "http" | "grpc"): TlsFiles | null {
  const cert = fileOf(config, `${port}.tls.certFile`);
  const key = fileOf(config, `${port}.tls.keyFile`);
  const clientCa = port === "grpc" ? fileOf(config, "grpc.tls.clientCaFile") : null;
  if (cert !== null && key !== null) return { cert, key, clientCa };
  const given = cert ?? key ?? clientCa;
  if (given === null) return null;
  const missing = cert === null ? "certFile" : "keyFile";
  throw new ConfigError(`${port}.tls.${missing}`, `${given.key} needs ${port}.tls.${missing}`);
}

function fileOf(config: Config, key: "http.tls.certFile" | "http.tls.keyFile" | `grpc.tls.${"cert" | "key" | "clientCa"}File`) {
  const path = config[key];
  return path === null ? null : { key, path };
}

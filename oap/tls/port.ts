/** TLS on one of our ports, as the settings want it. */
import type { Config } from "../config/schema.ts";
import type { MakeTerminator } from "../model/ports.ts";
import type { Logger } from "../telemetry/logger.ts";
import { tlsFilesOf } from "./settings.ts";
import { Terminator } from "./terminator.ts";

const PROTOCOLS = { http: "http/1.1", grpc: "h2" } as const;

export interface PortTls {
  /** To be called once. @throws ConfigError when the files cannot be used */
  readonly make: MakeTerminator;
  counters(): Record<string, number>;
  stop(): void;
}

/** Null: none on that port. @throws ConfigError naming the setting */
export function tlsOf(config: Config, port: "http" | "grpc", log: Logger): PortTls | null {
  const files = tlsFilesOf(config, port);
  if (files === null) return null;
  let terminator: Terminator | null = null;
  const options = { files, protocol: PROTOCOLS[port], reloadMs: config["tls.reload"] };
  return {
    make: (ready) => {
      terminator = new Terminator(options, log, ready);
      return terminator;
    },
    counters: () => terminator?.counters() ?? {},
    stop: () => terminator?.stop(),
  };
}

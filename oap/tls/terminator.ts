/** Ends TLS on accepted sockets. It listens on nothing: the supervisor does, and hands sockets over as they came. Its files are read again every few
 *  seconds, since what replaces them (links that are moved, mounts of a cluster) is not told reliably: connections that come later get what is
 *  in them, those that are there stay as they are. Files that cannot be used change nothing; that is counted, and said once. */
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Logger } from "../telemetry/logger.ts";
import { type Certificate, isSame, MIN_VERSION, readCertificate } from "./certificate.ts";
import type { TlsFiles } from "./settings.ts";

const HANDSHAKE_MS = 10_000;

export interface TerminatorOptions {
  readonly files: TlsFiles;
  /** What is spoken inside: `h2`, `http/1.1`. */
  readonly protocol: string;
  readonly reloadMs: number;
}

export class Terminator {
  /** Connections that never became secure, changes of the files, and those of them that could not be used. */
  failed = 0;
  reloads = 0;
  reloadsFailed = 0;
  readonly #options: TerminatorOptions;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  #certificate: Certificate;
  #saidWrong = "";

  /** @param ready gets the socket inside once the handshake is done. @throws ConfigError when the files cannot be used */
  constructor(options: TerminatorOptions, log: Logger, ready: (socket: Socket) => void) {
    const { files, protocol, reloadMs } = options;
    this.#options = options;
    this.#log = log;
    this.#certificate = readCertificate(files);
    const asks = files.clientCa !== null;
    this.#server = createServer(
      {
        ...secretsOf(this.#certificate),
        ALPNProtocols: [protocol],
        requestCert: asks,
        rejectUnauthorized: asks,
        handshakeTimeout: HANDSHAKE_MS,
      },
      ready,
    );
    this.#server.on("tlsClientError", (_: Error, socket: TLSSocket) => {
      this.failed++;
      socket.destroy();
    });
    this.#timer = setInterval(() => this.#reload(), reloadMs).unref();
  }

  /** Takes an accepted socket, paused or not. It is closed when its handshake fails or takes too long. */
  accept(socket: Socket): void {
    socket.on("error", () => {}); // a peer that goes away is no error of ours
    this.#server.emit("connection", socket);
  }

  counters(): Record<string, number> {
    return {
      tlsHandshakesFailed: this.failed,
      certificateReloads: this.reloads,
      certificateReloadsFailed: this.reloadsFailed,
      certificateExpiresSeconds: Math.floor(this.#certificate.expiresAtMs / 1_000),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #reload(): void {
    const setting = this.#options.files.cert.key;
    try {
      const found = readCertificate(this.#options.files);
      this.#saidWrong = "";
      if (isSame(this.#certificate, found)) return;
      this.#server.setSecureContext(secretsOf(found));
      this.#certificate = found;
      this.reloads++;
      this.#log.info({ setting, expires: new Date(found.expiresAtMs).toISOString() }, "a new certificate is in use");
    } catch (error) {
      const { message } = error as Error;
      if (message === this.#saidWrong) return;
      this.#saidWrong = message;
      this.reloadsFailed++;
      this.#log.error({ setting, error: message }, "a new certificate cannot be used: the old one stays");
    }
  }
}

function secretsOf({ cert, key, ca }: Certificate) {
  return { cert, key, ca, minVersion: MIN_VERSION } as const;
}

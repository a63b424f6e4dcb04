/** Certificate, key and authorities as read from their files, checked so far that TLS can use them. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { ConfigError } from "../model/errors.ts";
import type { TlsFile, TlsFiles } from "./settings.ts";

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly expiresAtMs: number;
}

export const MIN_VERSION = "TLSv1.2";

/** @throws ConfigError naming the setting and the file: unreadable, no PEM, a key of another certificate */
export function readCertificate(files: TlsFiles): Certificate {
  const cert = read(files.cert);
  const key = read(files.key);
  const ca = files.clientCa === null ? undefined : read(files.clientCa);
  const expiresAtMs = expiry(files.cert, cert);
  if (files.clientCa !== null && ca !== undefined) expiry(files.clientCa, ca); // no certificate in it would be no error, and let nobody in
  try {
    createSecureContext({ cert, key, ca, minVersion: MIN_VERSION });
  } catch (cause) {
    const { key: setting, path } = files.key;
    throw new ConfigError(
      setting,
      `${setting}: ${path} is no key of the certificate in ${files.cert.path}: ${(cause as Error).message}`,
      cause,
    );
  }
  return { cert, key, ca, expiresAtMs };
}

export function isSame(a: Certificate, b: Certificate): boolean {
  return a.cert.equals(b.cert) && a.key.equals(b.key) && (a.ca === undefined || (b.ca !== undefined && a.ca.equals(b.ca)));
}

function read({ key, path }: TlsFile): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError(key, `${key}: cannot read ${path}: ${(cause as Error).message}`, cause);
  }
}

/** Of the first certificate in it. */
function expiry({ key, path }: TlsFile, pem: Buffer): number {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch (cause) {
    throw new ConfigError(key, `${key}: ${path} holds no certificate (PEM)`, cause);
  }
}

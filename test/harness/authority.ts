/** A certificate authority of the test's own, by openssl. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export class Authority {
  readonly dir = mkdtempSync(join(tmpdir(), "sidelight-authority-"));
  /** Path of its own certificate. */
  readonly ca = join(this.dir, "ca.pem");
  #issued = 0;

  constructor(name = "test authority") {
    this.#openssl("req", "-x509", ...EC, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", `/CN=${name}`);
  }

  /** Files of a new certificate for loopback, and its key. */
  issue(name: string): Issued {
    const file = `${name}-${++this.#issued}`;
    const names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
    this.#openssl("req", ...EC, "-keyout", `${file}.key`, "-out", `${file}.csr`, "-subj", `/CN=${name}`, ...names);
    const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy", "-days", "2"];
    this.#openssl("x509", "-req", "-in", `${file}.csr`, "-out", `${file}.pem`, ...signing);
    return { cert: join(this.dir, `${file}.pem`), key: join(this.dir, `${file}.key`) };
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.dir, stdio: "pipe" });
  }
}

/** Puts the files of one certificate in the place of another's. */
export function replaceBy(place: Issued, { cert, key }: Issued): void {
  copyFileSync(key, place.key);
  copyFileSync(cert, place.cert);
}

/** HTTPS before a ClickHouse server, with certificates made for the occasion: what an operator's server or load balancer does. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TlsProxy {
  readonly url: string;
  /** Paths of PEM files: the authority, and a client's certificate and key that it vouches for. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Encodings of the requests' bodies and of the answers that went through. */
  readonly encodings: { readonly requests: Set<string>; readonly answers: Set<string> };
  readonly close: () => void;
}

/** `asksForCertificate`: clients without a certificate of the authority are turned away. */
export async function startTlsProxy(target: string, asksForCertificate = false): Promise<TlsProxy> {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-tls-"));
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  };
  const subject = (name: string): string[] => ["-subj", `/CN=${name}`];
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    ...subject("test authority"),
  );
  for (const name of ["server", "client"]) {
    const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, ...subject(name), ...names);
    const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy", "-days", "2"];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signing);
  }
  const encodings = { requests: new Set<string>(), answers: new Set<string>() };
  const secrets = { ca: read(dir, "ca.pem"), cert: read(dir, "server.pem"), key: read(dir, "server.key") };
  const server = createServer(
    { ...secrets, requestCert: asksForCertificate, rejectUnauthorized: asksForCertificate },
    (incoming, outgoing) => {
      const { hostname, port } = new URL(target);
      encodings.requests.add(String(incoming.headers["content-encoding"] ?? "none"));
      const options = { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers };
      const forwarded = request(options, (answer) => {
        encodings.answers.add(String(answer.headers["content-encoding"] ?? "none"));
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      incoming.pipe(forwarded);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: { ca: join(dir, "ca.pem"), cert: join(dir, "client.pem"), key: join(dir, "client.key") },
    encodings,
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function read(dir: string, name: string): Buffer {
  return readFileSync(join(dir, name));
}

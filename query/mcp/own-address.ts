/** What links begin with. Of the headers that say how this server was reached none is believed: a name
 *  that somebody else chose would make a link to somebody else's machine. */
import type { IncomingMessage } from "node:http";

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The setting http.publicUrl; else the address that was asked for where it is certainly this machine; else the address that the connection
 *  came in at. */
export function ownAddress(request: IncomingMessage, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, "");
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const { localAddress, localPort } = request.socket;
  const address = hostText(localAddress);
  const asked = URL.parse(`${scheme}://${request.headers.host ?? ""}`);
  if (asked !== null && isBare(asked) && (LOOPBACK.includes(asked.hostname) || asked.hostname === address)) return asked.origin;
  return `${scheme}://${address}:${localPort ?? 80}`;
}

/** As URLs write it. */
function hostText(address: string | undefined): string {
  const plain = (address ?? "127.0.0.1").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return plain.includes(":") ? `[${plain}]` : plain;
}

/** Host and port, and nothing else. */
function isBare({ pathname, search, hash, username, password }: URL): boolean {
  return pathname === "/" && search === "" && hash === "" && username === "" && password === "";
}

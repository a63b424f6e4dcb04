/** What links begin with, and which pages of a browser may ask. Of the headers that say how this server was reached none is believed: a name
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

/** Whether a request's Origin is ours, or it has none: only browsers send one. A page under another name could otherwise let its name stand for
 *  this machine (DNS rebinding) and read all answers. Addresses cannot be rebound. */
export function isOwnOrigin(request: IncomingMessage, publicUrl: string | null): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  const from = URL.parse(origin);
  if (from === null || (from.protocol !== "http:" && from.protocol !== "https:")) return false;
  if (publicUrl !== null && from.origin === URL.parse(publicUrl)?.origin) return true;
  return LOOPBACK.includes(from.hostname) || from.hostname === hostText(request.socket.localAddress);
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

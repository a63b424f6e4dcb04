/** Requests that a page of somebody else makes a browser send. Machines send no Origin, and name us as they were told to. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Access } from "./access.ts";
import { isAskedForFirst } from "./body-type.ts";

/** Whether the page that asks may. It may when it came from the address in Host or from `http.origins`, or when its own server passes on what it asks
 *  (SkyWalking's Booster UI): then the browser says `same-origin`, or sent what it sends to another server only with a permission that nobody
 *  gets here. Following a link from elsewhere is fine; a request made by a page from elsewhere is not, with or without our knowing which (then
 *  `Sec-Fetch-Site` says so). Source: Fetch standard, "Origin" header and "CORS-preflight fetch"; W3C Fetch Metadata. */
export function isFromOurPage(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host = "", "sec-fetch-site": site = "none" } = request.headers;
  if (site === "same-origin") return true;
  if (origin !== undefined) {
    const url = URL.parse(origin);
    if (url !== null && (url.host === hostOf(url.protocol, host) || origins.includes(url.origin))) return true;
    return site === "none" && isAskedForFirst(request);
  }
  return site === "none" || request.headers["sec-fetch-mode"] === "navigate";
}

/** Whether a name may be ours, for whoever does not log in. A page whose name was made to lead to this machine (DNS rebinding) asks us under that
 *  name, and a browser takes it for the page's own server. Such a name has a dot; addresses, `localhost` and bare names of a local network are nobody's to
 *  register. With a login there is nothing to gain: browsers keep passwords by name. */
export function isOurName({ headers }: IncomingMessage, { origins }: Pick<Access, "origins">): boolean {
  const url = URL.parse(`http://${headers.host ?? ""}`);
  if (url === null) return false;
  const name = url.hostname.replace(/\.$/, "");
  if (isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0 || !name.includes(".") || name.endsWith(".localhost")) return true;
  return origins.some((one) => new URL(one).hostname === name);
}

/** As browsers write it: without the port that the scheme implies. */
function hostOf(protocol: string, host: string): string {
  return URL.parse(`${protocol}//${host}`)?.host ?? "";
}

/** Requests that a page of somebody else makes a browser send. Machines send no Origin, and name us as they were told to. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Access } from "./access.ts";
import { isAskedForFirst } from "./body-type.ts";

/** Whether the page that asks is one of ours. Ours is what came from the address in Host, and `http.origins`. Following a link from elsewhere is
 *  fine; a request made by a page from elsewhere is not, with or without our knowing which (then `Sec-Fetch-Site` says so).
 *  Source: Fetch standard, "Origin" header; W3C Fetch Metadata. */
export function isFromOurPage({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host = "" } = headers;
  if (origin !== undefined) {
    const url = URL.parse(origin);
    return url !== null && (url.host === hostOf(url.protocol, host) || origins.includes(url.origin));
  }
  const site = headers["sec-fetch-site"] ?? "none";
  return site === "none" || site === "same-origin" || headers["sec-fetch-mode"] === "navigate";
}

/** Whether the page's own server passed this on, with the page's Origin and our Host, as SkyWalking's Booster UI does: the browser says
 *  `same-origin`, or sent what it sends to another server only with a permission (CORS) that nobody gets here.
 *  Source: Fetch standard, "CORS-preflight fetch". */
export function isPassedOn(request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  return site === "same-origin" || (site === undefined && isAskedForFirst(request));
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

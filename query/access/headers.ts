/** What every answer tells browsers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** All that the dashboard is comes from here, and it talks to nobody else. Styles may stand in the page: its menus write some when they open, and a style
 *  runs nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/** Holds for all ports of the host: `localhost` has others that speak HTTP. */
const TLS_ONLY = "max-age=31536000";
const LOCALHOST = /^([^:]+\.)?localhost(:|$)/i;

/** Doors may replace them. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const { encrypted = false } = request.socket as Partial<TLSSocket>;
  if (encrypted && !LOCALHOST.test(request.headers.host ?? "")) response.setHeader("Strict-Transport-Security", TLS_ONLY);
}

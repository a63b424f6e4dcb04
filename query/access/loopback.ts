import { isIPv4, isIPv6 } from "node:net";

/** Names are not resolved: what is no address and not `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (isIPv6(plain)) return new URL(`http://[${plain}]`).hostname === "[::1]" || plain.startsWith("::ffff:127.");
  return isIPv4(plain) ? plain.startsWith("127.") : plain === "localhost";
}

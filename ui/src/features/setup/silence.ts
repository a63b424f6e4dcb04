/** Whether proxies have stopped to report, in words. Pure. */
import { formatAgo } from "../../lib/format.ts";

export interface Reporting {
  readonly now: number;
  readonly proxies: readonly { readonly streams: number; readonly lastEntry: number | null }[];
  readonly server: { readonly reportsDurable: number };
  readonly otherNodes: number | null;
}

/** Envoy sends its reports within seconds: without any for so long, numbers that end now are old ones. */
const SILENT_MS = 120_000;

/** null: reports come in, or none ever did. Those that share the storage take in reports of proxies that are not seen here. */
export function silenceOf({ now, proxies, server, otherNodes }: Reporting): string | null {
  if (otherNodes !== null && otherNodes > 0) return null;
  const last = proxies.reduce((newest, { lastEntry }) => Math.max(newest, lastEntry ?? 0), 0);
  if (last === 0 && server.reportsDurable === 0) return null;
  // The server forgets proxies that are gone after a while.
  if (proxies.length === 0) return "No proxy reports to this server any more.";
  const gone = proxies.filter(({ streams }) => streams === 0).length;
  if (gone < proxies.length && now - last <= SILENT_MS) return null;
  const since = last === 0 ? "None of the proxies here has reported" : `The last report came ${formatAgo(last, now)}`;
  const who = gone === 0 ? `${proxies.length} proxies are connected` : `${gone} of ${proxies.length} proxies are gone`;
  return `${since}: ${who}.`;
}

/** The filter of the access log in the words of the dashboard's search bar, as a tool takes it. The words, and what they accept, are those of
 *  ui/src/lib/log-filter.ts, which shares no code with a server; a test compares the two. */
import { z } from "zod";
import { QueryError } from "../../oap/model/errors.ts";

type Kind = "list" | "numbers" | "text" | "ms" | "phase" | "least" | "code" | "flag" | "kept" | "header";

/** word -> name in MeshLogFilter, what it takes, what it means. */
const WORDS = {
  service: ["services", "list", "Service as reporter, caller or callee."],
  caller: ["callers", "list", "Service that called."],
  callee: ["callees", "list", "Service that was called."],
  endpoint: ["endpoints", "list", "Method and path as a template: GET:/orders/{var}."],
  path: ["path", "text", "Part of the path, in any case."],
  code: ["codes", "code", "Response code: 503, 5xx, or none where there was no response."],
  flag: ["flags", "flag", "Envoy's response flag: UF, UH …, or any, or none."],
  details: ["codeDetails", "list", "Envoy's response code details, or their class: upstream_reset_before_response_started."],
  kept: ["kept", "kept", "As what the row was kept: failed, slow, rest or context. failed: only calls that failed."],
  min: ["minDuration", "ms", "At least this long: 250ms, 1.5s, or a number of ms."],
  max: ["maxDuration", "ms", "At most this long."],
  wait: ["phases", "phase", "Waited at least this long for the upstream's first byte."],
  connect: ["phases", "phase", "At least this long until the upstream had a byte."],
  method: ["methods", "list", "GET, POST …"],
  request: ["requestIds", "list", "Request id (x-request-id)."],
  trace: ["traceIds", "list", "Trace id, where a logged header tells it."],
  instance: ["instances", "list", "Instance (pod) of the reporter, the caller or the callee."],
  reporter: ["reporters", "list", "Service whose proxy wrote the row."],
  side: ["detectPoints", "list", "Who reported the call: server, client or both."],
  kind: ["kinds", "list", "http, grpc or tcp."],
  principal: ["principals", "list", "TLS identity of either end: spiffe://…"],
  tls: ["tlsModes", "list", "none (plaintext), tls or mtls."],
  address: ["addresses", "list", "IP address, with or without port, of either end."],
  authority: ["authorities", "list", "Host that was asked for."],
  cluster: ["upstreamClusters", "list", "Envoy's upstream cluster."],
  route: ["routes", "list", "Name of Envoy's route."],
  header: ["header", "header", "A header that was logged: x-tenant, or x-tenant=acme."],
  agent: ["userAgent", "text", "Part of the user agent."],
  reason: ["failureReason", "text", "Part of the reason why a transport failed: connection refused, TLS error …"],
  query: ["query", "text", "Part of the query string, where it is kept."],
  grpc: ["grpcStatuses", "numbers", "gRPC status; -1: not logged."],
  attempts: ["minAttempts", "least", "At least so many attempts; 2: retried calls."],
  protocol: ["protocols", "list", "HTTP/1.1, HTTP/2 …"],
  version: ["tlsVersions", "list", "TLSv1.2, TLSv1.3."],
  sni: ["serverNames", "list", "Server name of the TLS handshake."],
  node: ["nodes", "list", "Id of the proxy."],
} as const satisfies Readonly<Record<string, readonly [string, Kind, string]>>;

export type LogWord = keyof typeof WORDS;
export interface LogPart {
  readonly word: LogWord;
  readonly value: string;
}
export const LOG_WORDS = Object.keys(WORDS) as readonly LogWord[];

const PARTS_MAX = 40;
const VALUE_MAX = 1_000;
const SINGLE: ReadonlySet<Kind> = new Set(["text", "ms", "phase", "least", "header"]);
const KEPT = ["failed", "slow", "rest", "context"];
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };

/** How long and how many is checked by logParts: said of each word, it would be half of all that is told of all tools. */
const Text = z.string();
const TextOrNumber = z.union([Text, z.number()]);
const NUMERIC: ReadonlySet<Kind> = new Set(["ms", "phase", "least", "code", "numbers"]);

type Values = string | number | (string | number)[];

/** Each word optional; those that narrow by a list take one value or several. */
export const LogFilterShape = z.strictObject(
  Object.fromEntries(LOG_WORDS.map((word) => [word, valuesOf(word)])) as Record<LogWord, z.ZodOptional<z.ZodType<Values>>>,
);
export type LogFilterWords = z.infer<typeof LogFilterShape>;

function valuesOf(word: LogWord): z.ZodOptional<z.ZodType<Values>> {
  const [, kind, help] = WORDS[word];
  const one = NUMERIC.has(kind) ? TextOrNumber : Text;
  const values: z.ZodType<Values> = SINGLE.has(kind) ? one : z.union([one, z.array(one)]);
  return values.optional().describe(help);
}

/** @throws QueryError naming the word whose value it does not take */
export function logParts(filter: LogFilterWords): LogPart[] {
  const parts = LOG_WORDS.flatMap((word) => {
    const given = filter[word];
    const values = given === undefined ? [] : [given].flat();
    return values.map((value) => ({ word, value: checked(word, String(value).trim()) }));
  });
  if (parts.length > PARTS_MAX) throw new QueryError(`filter: ${parts.length} values are more than ${PARTS_MAX}`);
  return parts;
}

/** As the question takes it: MeshLogFilter. */
export function filterInput(parts: readonly LogPart[]): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  const add = (key: string, value: unknown): void => {
    input[key] = [...((input[key] as unknown[] | undefined) ?? []), value];
  };
  for (const { word, value } of parts) {
    const [key, kind] = WORDS[word] as readonly [string, Kind, string];
    if (kind === "text") input[key] = value;
    else if (kind === "ms" || kind === "least") input[key] = Number(value);
    else if (kind === "phase") add(key, { name: word.toUpperCase(), min: Number(value) });
    else if (kind === "header") input[key] = headerOf(value);
    else if (kind === "numbers") add(key, Number(value));
    else if (kind === "kept") add(key, value.toUpperCase());
    else if (kind === "code" && value.endsWith("xx")) add("codeClasses", Number(value[0]));
    else if (kind === "code") add(key, value === "none" ? 0 : Number(value));
    else if (kind === "flag" && (value === "any" || value === "none")) input["hasFlags"] = value === "any";
    else add(key, value);
  }
  return input;
}

const DURATION = '250, "250ms", "1.5s" or "2min"';
const EXPECTED: Readonly<Partial<Record<Kind, string>>> = {
  ms: DURATION,
  phase: DURATION,
  header: 'a name ("x-tenant") or "name=value"',
  code: '503, "5xx" or "none"',
  flag: 'the short name of a flag ("UF"), "any" or "none"',
  kept: KEPT.join(", "),
  least: "a whole number",
  numbers: "a whole number",
};

function checked(word: LogWord, value: string): string {
  const [, kind] = WORDS[word] as readonly [string, Kind, string];
  if (value.length > VALUE_MAX) throw new QueryError(`filter.${word}: longer than ${VALUE_MAX} characters`);
  const good = value === "" ? null : readAs(kind, value);
  if (good === null) throw new QueryError(`filter.${word}: ${JSON.stringify(value)} is not ${EXPECTED[kind] ?? "a text"}`);
  return good;
}

function readAs(kind: Kind, value: string): string | null {
  const matching = (pattern: RegExp, text: string): string | null => (pattern.test(text) ? text : null);
  if (kind === "ms" || kind === "phase") return milliseconds(value);
  if (kind === "header") return matching(/^[^=\s]+(=.*)?$/s, value);
  if (kind === "code") return matching(/^(\d{1,3}|[1-5]xx|none)$/, value === "0" ? "none" : value.toLowerCase());
  if (kind === "flag") return /^(any|none)$/i.test(value) ? value.toLowerCase() : matching(/^[A-Z]{2,5}$/, value.toUpperCase());
  if (kind === "kept") return KEPT.find((one) => one === value.toLowerCase()) ?? null;
  if (kind === "least") return matching(/^\d{1,5}$/, value);
  if (kind === "numbers") return matching(/^-?\d{1,2}$/, value);
  return value;
}

/** `name`, or `name=value`. */
function headerOf(text: string): { name: string; value?: string } {
  const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  return value === undefined ? { name } : { name, value };
}

function milliseconds(value: string): string | null {
  const [, digits, unit = "ms"] = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|min)?$/i.exec(value) ?? [];
  return digits === undefined ? null : String(Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? 1));
}

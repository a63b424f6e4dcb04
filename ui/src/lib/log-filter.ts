/** The filter of the access log as a link holds it: `word:value`, `;` between them; as people type it: typed-filter.ts. Pure.
 *  The question it becomes is MeshLogFilter of query/schema/logs.graphql. */
import { formatMs } from "./format.ts";

type Kind = "list" | "numbers" | "text" | "ms" | "phase" | "least" | "code" | "flag" | "kept" | "header";

interface Word {
  /** Name in MeshLogFilter. */
  readonly input: string;
  readonly kind: Kind;
  /** What the word means, for those who choose one. */
  readonly help: string;
}

/** In the order in which they are offered. */
export const FILTER_WORDS = {
  path: { input: "path", kind: "text", help: "part of the path" },
  service: { input: "services", kind: "list", help: "as reporter, caller or callee" },
  caller: { input: "callers", kind: "list", help: "service that called" },
  callee: { input: "callees", kind: "list", help: "service that was called" },
  endpoint: { input: "endpoints", kind: "list", help: "method and path as a template" },
  code: { input: "codes", kind: "code", help: "503, 5xx, or none" },
  flag: { input: "flags", kind: "flag", help: "Envoy’s response flag: UF, UH …, any or none" },
  details: { input: "codeDetails", kind: "list", help: "response code details, or their class" },
  min: { input: "minDuration", kind: "ms", help: "at least this long: 250ms, 1.5s" },
  max: { input: "maxDuration", kind: "ms", help: "at most this long" },
  wait: { input: "phases", kind: "phase", help: "at least this long for the upstream’s first byte" },
  connect: { input: "phases", kind: "phase", help: "at least this long until the upstream had a byte" },
  method: { input: "methods", kind: "list", help: "GET, POST …" },
  kept: { input: "kept", kind: "kept", help: "failed, slow, rest or context" },
  request: { input: "requestIds", kind: "list", help: "request id" },
  trace: { input: "traceIds", kind: "list", help: "trace id, where a header tells it" },
  instance: { input: "instances", kind: "list", help: "of reporter, caller or callee" },
  reporter: { input: "reporters", kind: "list", help: "service whose proxy wrote the row" },
  side: { input: "detectPoints", kind: "list", help: "server, client or both" },
  kind: { input: "kinds", kind: "list", help: "http, grpc or tcp" },
  principal: { input: "principals", kind: "list", help: "identity of either end" },
  tls: { input: "tlsModes", kind: "list", help: "none, tls or mtls" },
  address: { input: "addresses", kind: "list", help: "IP address, with or without port" },
  authority: { input: "authorities", kind: "list", help: "host that was asked for" },
  cluster: { input: "upstreamClusters", kind: "list", help: "upstream cluster" },
  route: { input: "routes", kind: "list", help: "name of the route" },
  header: { input: "header", kind: "header", help: "that was logged: x-tenant, or x-tenant=acme" },
  agent: { input: "userAgent", kind: "text", help: "part of the user agent" },
  reason: { input: "failureReason", kind: "text", help: "part of the transport’s failure reason" },
  query: { input: "query", kind: "text", help: "part of the query string" },
  grpc: { input: "grpcStatuses", kind: "numbers", help: "gRPC status; -1: not logged" },
  attempts: { input: "minAttempts", kind: "least", help: "at least this many; 2: retried" },
  protocol: { input: "protocols", kind: "list", help: "HTTP/1.1, HTTP/2 …" },
  version: { input: "tlsVersions", kind: "list", help: "of TLS" },
  sni: { input: "serverNames", kind: "list", help: "server name of the TLS handshake" },
  node: { input: "nodes", kind: "list", help: "id of the proxy" },
} as const satisfies Readonly<Record<string, Word>>;

export type FilterName = keyof typeof FILTER_WORDS;
export interface FilterPart {
  readonly name: FilterName;
  readonly value: string;
}

const PARTS_MAX = 40;
const VALUE_MAX = 1_000;
const KEPT = ["failed", "slow", "rest", "context"];
const SINGLE: ReadonlySet<Kind> = new Set(["text", "ms", "phase", "least", "header"]);

/** What is not understood is left out. */
export function decodeFilter(text: string | undefined): readonly FilterPart[] {
  const parts = (text ?? "").split(";").flatMap((pair) => {
    const [, name = "", escaped = ""] = /^([a-z]+):(.*)$/s.exec(pair) ?? [];
    const value = unescaped(escaped);
    const part = value === null ? null : partOf(name, value);
    return part === null ? [] : [part];
  });
  return parts.reduce<readonly FilterPart[]>(withPart, []).slice(0, PARTS_MAX);
}

/** undefined when nothing is filtered. */
export function encodeFilter(parts: readonly FilterPart[]): string | undefined {
  return parts.map(({ name, value }) => `${name}:${value.replace(/[%;]/g, encodeURIComponent)}`).join(";") || undefined;
}

/** A value as its word takes it; null when it cannot. */
export function partOf(name: string, value: string): FilterPart | null {
  if (!Object.hasOwn(FILTER_WORDS, name) || value.length > VALUE_MAX) return null;
  const word = name as FilterName;
  const good = checked(FILTER_WORDS[word].kind, value);
  return good === null ? null : { name: word, value: good };
}

/** One more; a word that takes one value takes the newest. */
export function withPart(parts: readonly FilterPart[], part: FilterPart): readonly FilterPart[] {
  const isSingle = SINGLE.has(FILTER_WORDS[part.name].kind);
  return [...parts.filter(({ name, value }) => name !== part.name || (!isSingle && value !== part.value)), part];
}

export function withoutPart(parts: readonly FilterPart[], part: FilterPart): readonly FilterPart[] {
  return parts.filter(({ name, value }) => name !== part.name || value !== part.value);
}

export function hasPart(parts: readonly FilterPart[], part: FilterPart): boolean {
  return parts.some(({ name, value }) => name === part.name && value === part.value);
}

/** As the question takes it: MeshLogFilter. */
export function filterInput(parts: readonly FilterPart[]): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  const add = (key: string, value: unknown): void => {
    input[key] = [...((input[key] as unknown[] | undefined) ?? []), value];
  };
  for (const { name, value } of parts) {
    const { input: key, kind } = FILTER_WORDS[name];
    if (kind === "text") input[key] = value;
    else if (kind === "ms" || kind === "least") input[key] = Number(value);
    else if (kind === "phase") add(key, { name: name.toUpperCase(), min: Number(value) });
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

/** A filter in words: what it is about, and what it asks for. */
export function wordsOf({ name, value }: FilterPart): readonly [string, string] {
  if (name === "min") return ["at least", formatMs(Number(value))];
  if (name === "max") return ["at most", formatMs(Number(value))];
  if (FILTER_WORDS[name].kind === "phase") return [`${name} at least`, formatMs(Number(value))];
  if (name === "attempts") return ["attempts at least", value];
  if (name === "code" && value === "none") return ["code", "no response"];
  if (name === "flag" && value === "none") return ["flag", "no flag"];
  if (FILTER_WORDS[name].kind === "text") return [`${name} has`, value];
  return [name, value === "" ? "(empty)" : value];
}

function checked(kind: Kind, value: string): string | null {
  const matches = (pattern: RegExp, text: string): string | null => (pattern.test(text) ? text : null);
  if (kind === "list") return value;
  if (kind === "text") return value === "" ? null : value;
  if (kind === "ms" || kind === "phase") return milliseconds(value);
  if (kind === "header") return matches(/^[^=\s]+(=.*)?$/s, value);
  if (kind === "code") return matches(/^(\d{1,3}|[1-5]xx|none)$/, value === "0" ? "none" : value.toLowerCase());
  if (kind === "flag") return /^(any|none)$/i.test(value) ? value.toLowerCase() : matches(/^[A-Z]{2,5}$/, value.toUpperCase());
  if (kind === "kept") return KEPT.find((one) => one === value.toLowerCase()) ?? null;
  return matches(kind === "least" ? /^\d{1,5}$/ : /^-?\d{1,2}$/, value);
}

/** `name`, or `name=value`. */
function headerOf(text: string): { name: string; value?: string } {
  const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  return value === undefined ? { name } : { name, value };
}

/** `250`, `250ms`, `1.5s` and `2min` in ms. */
function milliseconds(value: string): string | null {
  const [, digits, unit = "ms"] = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|min)?$/i.exec(value.trim()) ?? [];
  if (digits === undefined) return null;
  return String(Number(digits) * ({ ms: 1, s: 1_000, min: 60_000 }[unit.toLowerCase()] ?? 1));
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

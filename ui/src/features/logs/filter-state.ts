/** The filter of the logs as a link holds it: `key:value` pairs with `;` between them, values percent-encoded; a key may come again. Pure. */
export const FILTER_KEYS = [
  "kept", "services", "reporters", "callers", "callees", "endpoints", "methods", "codes", "codeClasses", "flags", "codeDetails", "path", "userAgent",
  "requestIds", "instances", "nodes", "kinds", "detectPoints", "protocols", "authorities", "tlsModes", "tlsVersions", "serverNames", "principals",
  "addresses", "upstreamClusters", "routes", "failureReason", "minDuration", "maxDuration", "minAttempts",
] as const; // prettier-ignore
export type FilterKey = (typeof FILTER_KEYS)[number];

export interface FilterPart {
  readonly key: FilterKey;
  readonly value: string;
}

const SINGLE: ReadonlySet<FilterKey> = new Set(["path", "userAgent", "failureReason", "minDuration", "maxDuration", "minAttempts"]);
const NUMBERS: ReadonlySet<FilterKey> = new Set(["codes", "codeClasses", "minDuration", "maxDuration", "minAttempts"]);
const PARTS_MAX = 40;

/** What is not understood is left out. */
export function decodeFilter(text: string | undefined): readonly FilterPart[] {
  const parts = (text ?? "").split(";").flatMap((pair): FilterPart[] => {
    const [, name, encoded] = /^([A-Za-z]+):(.+)$/.exec(pair) ?? [];
    const key = FILTER_KEYS.find((one) => one === name);
    const value = decoded(encoded);
    if (key === undefined || value === null || (NUMBERS.has(key) && !/^\d{1,9}(\.\d+)?$/.test(value))) return [];
    return [{ key, value }];
  });
  return parts.slice(0, PARTS_MAX).reduce<readonly FilterPart[]>(withPart, []);
}

/** undefined when nothing is filtered. */
export function encodeFilter(parts: readonly FilterPart[]): string | undefined {
  return parts.map(({ key, value }) => `${key}:${encodeURIComponent(value)}`).join(";") || undefined;
}

/** One more; a key that takes one value takes the newest. */
export function withPart(parts: readonly FilterPart[], part: FilterPart): readonly FilterPart[] {
  const others = parts.filter(({ key, value }) => key !== part.key || (!SINGLE.has(key) && value !== part.value));
  return part.value === "" ? others : [...others, part];
}

export function withoutPart(parts: readonly FilterPart[], part: FilterPart): readonly FilterPart[] {
  return parts.filter(({ key, value }) => key !== part.key || value !== part.value);
}

export function valueOf(parts: readonly FilterPart[], key: FilterKey): string {
  return parts.find((part) => part.key === key)?.value ?? "";
}

/** As the question takes it: MeshLogFilter. */
export function filterInput(parts: readonly FilterPart[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const { key, value } of parts) {
    const typed = NUMBERS.has(key) ? Number(value) : value;
    input[key] = SINGLE.has(key) ? typed : [...((input[key] as unknown[] | undefined) ?? []), typed];
  }
  return input;
}

function decoded(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Addresses of the dashboard's pages. What their parameters mean is the dashboard's own: ui/src/lib/url-state.ts; the tests read them with it. */
import { parseServiceId, serviceId } from "../../oap/model/entity.ts";
import type { LogPart } from "./log-words.ts";
import type { Span } from "./when.ts";

type Params = Readonly<Record<string, string | undefined>>;

/** Every page over one fixed window: what a link shows stays what was told with it. */
export class Links {
  readonly #base: string;
  readonly #t: string;

  /** @param base origin, as `http://127.0.0.1:12800` */
  constructor(base: string, { from, to }: Span) {
    this.#base = base;
    this.#t = `${from}-${to}`;
  }

  services(params: { readonly q?: string; readonly sort?: string } = {}): string {
    return this.#page("/", params);
  }
  service(name: string): string {
    return this.#page("/service", { id: serviceId(name) });
  }
  map(params: { readonly around?: string; readonly hops?: string; readonly view?: "table" } = {}): string {
    const { around, ...rest } = params;
    return this.#page("/map", { around: around === undefined ? undefined : serviceId(around), ...rest });
  }
  failures(params: { readonly service?: string | undefined; readonly by?: "edge" | "endpoint" | undefined }): string {
    return this.#page("/failures", { id: params.service === undefined ? undefined : serviceId(params.service), by: params.by });
  }
  logs(parts: readonly LogPart[]): string {
    return this.#page("/logs", { f: filterText(parts) });
  }
  request(id: string): string {
    return this.#page("/logs/request", { req: id });
  }

  #page(path: string, params: Params): string {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries({ t: this.#t, ...params })) if (value !== undefined) search.set(key, quoted(value));
    return `${this.#base}${path}?${search}`;
  }
}

/** The filter of the logs page: `word:value`, `;` between them. */
function filterText(parts: readonly LogPart[]): string | undefined {
  return parts.map(({ word, value }) => `${word}:${value.replaceAll(/[%;]/g, encodeURIComponent)}`).join(";") || undefined;
}

/** The dashboard takes a JSON string for what it holds: text that is one itself is quoted once more. */
function quoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    JSON.parse(value);
  } catch {
    return value;
  }
  return JSON.stringify(value);
}

/** The name that an id stands for; null when the text is no id of a service. */
export function nameOfId(id: string): string | null {
  return parseServiceId(id)?.service ?? null;
}

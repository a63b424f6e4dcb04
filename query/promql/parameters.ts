/** Parameters of a question, from its address and a form in its body. */
import type { IncomingMessage } from "node:http";
import { readBody } from "../http.ts";
import { PromqlFault } from "./fault.ts";
import { durationMs } from "./literals.ts";

export class Parameters {
  readonly #all: URLSearchParams;

  constructor(all: URLSearchParams) {
    this.#all = all;
  }

  text(name: string): string | null {
    return this.#all.get(name) || null;
  }

  all(name: string): string[] {
    return this.#all.getAll(name);
  }

  /** @throws PromqlFault when it is not there */
  needed(name: string): string {
    const text = this.text(name);
    if (text === null) throw new PromqlFault(`the parameter ${JSON.stringify(name)} is missing`);
    return text;
  }

  /** ms since the Unix epoch; null when it is not there. @throws PromqlFault */
  time(name: string): number | null {
    const text = this.text(name);
    return text === null ? null : timeMs(text, name);
  }

  /** A number of seconds or a text like 5m, in ms; null when it is not there. @throws PromqlFault */
  step(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const ms = durationMs(text) ?? Number(text) * 1_000;
    if (!(ms > 0) || !Number.isFinite(ms))
      throw new PromqlFault(`invalid parameter ${JSON.stringify(name)}: ${JSON.stringify(text)} is no duration above 0`);
    return ms;
  }

  /** How many at most; 0 and none: as many as there are. @throws PromqlFault */
  limit(name: string): number {
    const text = this.text(name) ?? "0";
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 0)
      throw new PromqlFault(`invalid parameter ${JSON.stringify(name)}: ${JSON.stringify(text)} is no number of 0 or more`);
    return limit === 0 ? Number.POSITIVE_INFINITY : limit;
  }
}

/** The latest time that rows can have. */
const LAST_MS = (2 ** 32 - 1) * 1_000;

/** Seconds since the Unix epoch, with decimals, or RFC 3339. @throws PromqlFault */
function timeMs(text: string, name: string): number {
  const isNumber = /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(text);
  const ms = isNumber ? Number(text) * 1_000 : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(ms))
    throw new PromqlFault(`invalid parameter ${JSON.stringify(name)}: cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return Math.min(LAST_MS, Math.max(0, Math.round(ms)));
}

const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Of the address and, whatever the method, of a form in the body; null when that is larger than `bodyMaxBytes`. */
export async function readParameters(request: IncomingMessage, url: URL, bodyMaxBytes: number): Promise<Parameters | null> {
  const all = new URLSearchParams(url.searchParams);
  if (!FORM.test(request.headers["content-type"] ?? "")) {
    request.resume();
    return new Parameters(all);
  }
  const body = await readBody(request, bodyMaxBytes);
  if (body === null) return null;
  for (const [name, value] of new URLSearchParams(body)) all.append(name, value);
  return new Parameters(all);
}

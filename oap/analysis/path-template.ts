/** Request paths to templates by their text alone, the same in every process and after every restart: the operator's rules first,
 *  then segments that look like values become `{var}`. Linear in the path; asked once per distinct path. */

/** What stands for any value of a segment. */
export const VARIABLE = "{var}";
const REST = "{rest}";
const SEGMENTS_MAX = 32;
const TOKEN_MIN = 20;
const HEX_MIN = 8;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NUMBER = /^[+-]?\d{3,}(?:\.\d+)?$/;
const HEX = /^(?:0x)?[0-9a-f]+$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.+Z-]*)?$/;
const MAIL = /^[^@]+@[^@]+\.[^@]+$/;
const TOKEN = /^[\w.~=+%:,-]+$/;
/** A dotted name in code, such as a gRPC service with its version. */
const DOTTED_NAME = /^[A-Za-z_]\w{0,31}(?:\.[A-Za-z_]\w{0,31})+$/;

export interface PathRule {
  /** null: any. */
  readonly method: string | null;
  /** The template as written, which is the endpoint's path. */
  readonly template: string;
  readonly segments: readonly string[];
  /** The template ends in `*`: more segments may follow. */
  readonly isOpen: boolean;
}

/** `GET /users/{id}/files/*`; without a method for any. @throws Error naming the rule. */
export function parseRule(text: string): PathRule {
  const match = /^(?:([A-Z_]+)\s+)?(\/\S*)$/.exec(text.trim());
  if (match === null) throw new Error(`"${text}" is no rule: write METHOD /path/{name} or /path/*`);
  const template = match[2] as string;
  const segments = template.split("/").slice(1);
  const isOpen = segments.at(-1) === "*";
  const fixed = isOpen ? segments.slice(0, -1) : segments;
  for (const segment of fixed) {
    if (/[{}*]/.test(segment) && !isPlaceholder(segment)) {
      throw new Error(`"${text}" is no rule: ${segment} is neither text nor {name}, and * may only come last`);
    }
  }
  return { method: match[1] ?? null, template, segments: fixed, isOpen };
}

export class PathTemplates {
  readonly #rules: readonly PathRule[];

  constructor(rules: readonly PathRule[]) {
    this.#rules = rules;
  }

  /** @returns the template of a path without query; `isRule` when one of the rules gave it, and it is final. */
  apply(method: string, path: string): { readonly path: string; readonly isRule: boolean } {
    const isRooted = path.startsWith("/");
    const segments = (isRooted ? path.slice(1) : path).split("/");
    const rule = isRooted ? this.#rules.find((one) => matches(one, method, segments)) : undefined;
    if (rule !== undefined) return { path: rule.template, isRule: true };
    const kept = segments.slice(0, SEGMENTS_MAX).map((segment) => (isValue(segment) ? VARIABLE : segment));
    if (segments.length > SEGMENTS_MAX) kept.push(REST);
    return { path: `${isRooted ? "/" : ""}${kept.join("/")}`, isRule: false };
  }
}

function matches({ method, segments, isOpen }: PathRule, of: string, path: readonly string[]): boolean {
  if (method !== null && method !== of) return false;
  if (isOpen ? path.length < segments.length : path.length !== segments.length) return false;
  return segments.every((segment, i) => (isPlaceholder(segment) ? path[i] !== "" : segment === path[i]));
}

function isPlaceholder(segment: string): boolean {
  return /^\{[^{}]+\}$/.test(segment);
}

/** Whether a segment is a value rather than a name: UUID, hexadecimal, number, date, e-mail address or token. */
function isValue(segment: string): boolean {
  if (segment.length < 3) return false;
  if (NUMBER.test(segment) || UUID.test(segment) || DATE.test(segment)) return true;
  // Words can be spelt in hexadecimal letters alone ("facade"); identifiers hardly ever are.
  if (segment.length >= HEX_MIN && /\d/.test(segment) && HEX.test(segment)) return true;
  if (MAIL.test(segment.replace(/%40/, "@"))) return true;
  return segment.length >= TOKEN_MIN && isToken(segment);
}

/** Long, and with digits in it: one is enough in a segment of one piece, three where separators make words of it
 *  ("oauth2-authorization-server"). Long names without digits are left to what is learned. */
function isToken(segment: string): boolean {
  if (!TOKEN.test(segment) || DOTTED_NAME.test(segment)) return false;
  const digits = segment.replaceAll(/\D/g, "").length;
  return digits >= (/[-_.]/.test(segment) ? 3 : 1);
}

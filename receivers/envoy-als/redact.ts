/** What of a request is never stored: named headers and query parameters, however their names are written. */

export interface PrivacyOptions {
  /** Without it no query is stored at all. */
  readonly queryString: boolean;
  /** Names of headers and query parameters that are removed; case does not matter. */
  readonly redact: readonly string[];
}

export class Redaction {
  readonly queryString: boolean;
  readonly #names: ReadonlySet<string>;

  constructor({ queryString, redact }: PrivacyOptions) {
    this.queryString = queryString;
    this.#names = new Set(redact.map((name) => name.toLowerCase()));
  }

  /** Whether the header with the name in bytes[start, end) is to be left out. */
  isHeader(bytes: Buffer, start: number, end: number): boolean {
    return this.#names.has(bytes.toString("latin1", start, end).trim().toLowerCase());
  }

  /** A query without its redacted parameters, as it was sent otherwise; without the question mark. */
  query(text: string): string {
    return text
      .split("&")
      .filter((parameter) => !parameter.split(";").some((part) => this.#names.has(nameOf(part))))
      .join("&");
  }
}

/** The parameter's name as the server will read it: %5F and _ are the same. */
function nameOf(parameter: string): string {
  const raw = parameter.split("=", 1)[0] as string;
  let name = raw.replaceAll("+", " ");
  try {
    name = decodeURIComponent(name);
  } catch {
    // not an encoding of anything: compared as it is
  }
  return name.trim().toLowerCase();
}

/** What of a request is never stored: named headers and query parameters, however their names are written, and queries and names of users in the
 *  addresses that headers hold (Referer, Location, X-Envoy-Original-Path ...). */

export interface PrivacyOptions {
  /** Without it no query is stored at all. */
  readonly queryString: boolean;
  /** Names of headers and query parameters that are removed; case does not matter. */
  readonly redact: readonly string[];
}

/** In a header's value: where an address begins (`://`, or the value itself where it is a path or has a query), what stands before its query, the query,
 *  the fragment, which may hold a token. Nothing in it can be read in two ways, so a long value takes no longer than its length. */
const ADDRESS = /(^\/|<\/|:\/\/|^(?=[^\s?#"'<>]+\?[^\s=]*=))([^\s?#"'<>]*)(?:\?([^\s#"'<>]*))?(?:#[^\s"'<>]*)?/g;
const QUERY_MARK = 0x3f;
const FRAGMENT_MARK = 0x23;
const AT_SIGN = 0x40;

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

  /** Whether the value of a header in bytes[start, end) can hold what `headerValue` leaves out: most cannot. */
  mayHoldAddress(bytes: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUERY_MARK || byte === FRAGMENT_MARK || byte === AT_SIGN) return true;
    }
    return false;
  }

  /** A header's value whose addresses have no user, no fragment, and of their queries what `query` leaves, where queries are stored. */
  headerValue(text: string): string {
    return text.replace(ADDRESS, (_, begin: string, place: string, query = "") => {
      const left = this.queryString ? this.query(query) : "";
      const isPath = begin.endsWith("/") && begin !== "://";
      const nameless = isPath ? place : place.replace(/(^|:\/\/)[^/]*@/, "$1");
      return `${begin}${nameless}${left === "" ? "" : "?"}${left}`;
    });
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

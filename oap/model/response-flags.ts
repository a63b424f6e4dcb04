/** Envoy's response flags: THE table of them. As stored, field number n of the message ResponseFlags is bit n - 1 of a set.
 *  Source: envoy/data/accesslog/v3/accesslog.proto; the short names are those of Envoy's own access-log format. */
import { FLAG_ADVICE, type FlagAdvice } from "./flag-advice.ts";

interface NamedFlag {
  /** Field number in ResponseFlags. */
  readonly number: number;
  readonly short: string;
  /** What happened, in one sentence for the operator. */
  readonly text: string;
}

/** With what usually causes it and where to look. */
export type ResponseFlag = NamedFlag & FlagAdvice;

const NAMED: readonly NamedFlag[] = [
  { number: 1, short: "LH", text: "This host failed its own health check." },
  { number: 2, short: "UH", text: "No host of the called service was healthy." },
  { number: 3, short: "UT", text: "The called service did not answer in time." },
  { number: 4, short: "LR", text: "The proxy itself reset the connection." },
  { number: 5, short: "UR", text: "The called service reset the request." },
  { number: 6, short: "UF", text: "No connection to the called service could be made." },
  { number: 7, short: "UC", text: "The called service closed the connection before the answer was complete." },
  {
    number: 8,
    short: "UO",
    text: "The limit of connections or requests to the called service was reached: its circuit breaker is open.",
  },
  { number: 9, short: "NR", text: "No route, or no listener's filter chain, matched the request." },
  { number: 10, short: "DI", text: "The proxy delayed the request on purpose, as fault injection." },
  { number: 11, short: "FI", text: "The proxy ended the request on purpose, as fault injection." },
  { number: 12, short: "RL", text: "The request was over a rate limit." },
  { number: 13, short: "UAEX", text: "The external authorization service denied the request." },
  { number: 14, short: "RLSE", text: "The rate limit service itself failed, so the request was refused." },
  { number: 15, short: "DC", text: "The caller closed the connection before the answer was complete." },
  { number: 16, short: "URX", text: "The limit of retries or of connection attempts was used up." },
  { number: 17, short: "SI", text: "The stream was idle for too long." },
  { number: 18, short: "IH", text: "A header that Envoy itself checks strictly had a bad value." },
  { number: 19, short: "DPE", text: "What the caller sent was not valid HTTP." },
  { number: 20, short: "UMSDR", text: "The request to the called service took longer than a stream may." },
  { number: 21, short: "RFCF", text: "The answer came from the proxy's cache." },
  { number: 22, short: "NFCF", text: "The configuration of a filter did not arrive in time." },
  { number: 23, short: "DT", text: "The request or connection took longer than it may." },
  { number: 24, short: "UPE", text: "What the called service answered was not valid HTTP." },
  { number: 25, short: "NC", text: "The cluster that the route names does not exist." },
  { number: 26, short: "OM", text: "The proxy was overloaded and ended the request." },
  { number: 27, short: "DF", text: "The name of the called service could not be resolved." },
  { number: 28, short: "DR", text: "The caller reset the request." },
];

export const RESPONSE_FLAGS: readonly ResponseFlag[] = NAMED.map((flag) => ({
  ...flag,
  ...(FLAG_ADVICE[flag.short] ?? { causes: [], next: [] }),
}));

const BY_SHORT = new Map(RESPONSE_FLAGS.map((flag) => [flag.short, flag]));

/** The flags of a set, in the order of their numbers; bits that no flag has are passed over. */
export function flagsOf(set: number): readonly ResponseFlag[] {
  return set === 0 ? [] : RESPONSE_FLAGS.filter(({ number }) => (set & (1 << (number - 1))) !== 0);
}

/** The set with the one flag of this short name; null when there is no such flag. */
export function flagBit(short: string): number | null {
  const flag = BY_SHORT.get(short);
  return flag === undefined ? null : 1 << (flag.number - 1);
}
